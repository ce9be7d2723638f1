import { deserialize } from "node:v8";
import { systemClock } from "../clock.ts";
import { DataPlane } from "../data/data-plane.ts";
import type { TcpHandle } from "../data/node-tcp.ts";
import type { Routes } from "../data/routes.ts";
import { TransparentSockets } from "../data/transparent-socket.ts";
import { EdgeProxyError } from "../error.ts";
import { countFileDescriptors } from "../observe/file-descriptors.ts";
import { LoopDelay } from "../observe/loop-delay.ts";
import { clockOriginMs } from "./clock-origin.ts";
import { FlowReporter } from "./flow-reporter.ts";
import { LeasedQuota } from "./leased-quota.ts";
import type { FromWorker, QuotaName, ToWorker, WorkerAnswer, WorkerSettings } from "./message.ts";
import { type GiveClient, OtherWorkers } from "./other-workers.ts";
import type { InitialLeases } from "./quota-messages.ts";

/** How often a worker reports unasked what flows that stand have carried. */
const progressMs = 1_000;

/** A data plane in a process of its own, which does what the primary process tells it. */
export class Worker {
  readonly #tell: (message: FromWorker) => void;
  readonly #dataPlane: DataPlane;
  readonly #reporter: FlowReporter;
  readonly #quotas: LeasedQuotas;
  readonly #transparent = new TransparentSockets();
  readonly #loopDelay = new LoopDelay();
  /** Sockets that have arrived before their entry, by its key. */
  readonly #sockets = new Map<string, TcpHandle[]>();
  /** Resolves when the last snapshot is in force: they take effect in the order in which they come. */
  #routed: Promise<void> = Promise.resolve();

  constructor(settings: WorkerSettings, tell: (message: FromWorker) => void, give: GiveClient) {
    this.#tell = tell;
    this.#quotas = quotasOf(settings, tell);
    this.#reporter = new FlowReporter({
      clock: systemClock,
      shiftMs: clockOriginMs() - settings.clockOriginMs,
      wantsSources: settings.wantsSources,
      send: (report) => tell({ type: "flows", report }),
    });
    this.#dataPlane = new DataPlane({
      ...settings,
      clock: systemClock,
      random: Math.random,
      transparent: this.#transparent,
      quotas: this.#quotas,
      ready: {
        take: (key) => {
          const handles = this.#sockets.get(key) ?? [];
          this.#sockets.delete(key);
          return handles;
        },
      },
      observers: [this.#reporter],
      neighbours: new OtherWorkers(settings, give),
    });
    this.#loopDelay.start();
    this.#progressLater();
  }

  async receive(message: Exclude<ToWorker, { type: "start" }>, handle: TcpHandle | undefined): Promise<void> {
    switch (message.type) {
      case "socket":
        if (handle !== undefined) this.#received(message.key, handle);
        break;
      case "client":
        if (handle !== undefined) this.#dataPlane.receive(message.key, handle, message.full);
        break;
      case "apply":
      case "publish":
        this.#routed = this.#routed.then(() => this.#route(message));
        await this.#routed;
        break;
      case "terminate":
        this.#dataPlane.terminate(message.group, message.target, message.kind);
        break;
      case "withdraw":
        this.#dataPlane.withdraw(message.loadBalancer, message.listenerPort, message.group);
        break;
      case "sources":
        this.#reporter.wantsSources = message.wantsSources;
        break;
      case "quota":
        this.#quotas[message.quota]?.receive(message.answer);
        break;
      case "report":
        this.#answer(message.call, await this.#report(message.scrape));
        break;
      case "close":
        await this.#dataPlane.close(message.drainMs);
        this.#answer(message.call, await this.#report(false));
        break;
    }
  }

  #received(key: string, handle: TcpHandle): void {
    const handles = this.#sockets.get(key);
    if (handles === undefined) this.#sockets.set(key, [handle]);
    else handles.push(handle);
  }

  async #route(message: Extract<ToWorker, { type: "apply" | "publish" }>): Promise<void> {
    const routes: Routes = deserialize(message.bytes);
    const failed = message.type === "apply" ? await this.#apply(routes) : this.#dataPlane.publish(routes);
    // What has been gathered so far is about earlier snapshots, and has to arrive before `applied`.
    this.#reporter.flush();
    if (failed === undefined) this.#tell({ type: "applied", version: message.version });
    if (message.type === "apply") this.#answer(message.call, failed === undefined ? {} : { failed });
  }

  /** @returns what prevents it, or undefined when it has been applied */
  async #apply(routes: Routes): Promise<readonly string[] | undefined> {
    // Whether it can be had was checked in the primary process.
    if ([...routes.entries.values()].some(({ clientIp }) => clientIp === "transparent")) await this.#transparent.load();
    try {
      await this.#dataPlane.apply(routes);
    } catch (error) {
      if (error instanceof EdgeProxyError) return error.problems;
      throw error;
    } finally {
      for (const handle of [...this.#sockets.values()].flat()) handle.close();
      this.#sockets.clear();
    }
    return undefined;
  }

  async #report(scrape: boolean): Promise<WorkerAnswer> {
    this.#reporter.progress(this.#dataPlane.coarseNowMs);
    const { sourcePortsInUse } = this.#dataPlane;
    if (!scrape) return { sourcePortsInUse };
    return {
      sourcePortsInUse,
      numbers: { fdsOpen: await countFileDescriptors(), loopDelay: this.#loopDelay.take() },
    };
  }

  #answer(call: number, answer: WorkerAnswer): void {
    this.#tell({ type: "done", call, answer });
  }

  #progressLater(): void {
    systemClock.setTimer(progressMs, () => {
      this.#reporter.progress(this.#dataPlane.coarseNowMs);
      for (const quota of Object.values(this.#quotas)) quota?.prune();
      this.#progressLater();
    });
  }
}

type LeasedQuotas = { readonly [Name in QuotaName]: LeasedQuota | undefined } & { readonly targets: LeasedQuota };

function quotasOf({ quotas }: WorkerSettings, tell: (message: FromWorker) => void): LeasedQuotas {
  const lease = (quota: QuotaName, opening: InitialLeases): LeasedQuota =>
    new LeasedQuota(opening, (request) => tell({ type: "quota", quota, request }));
  const { flows, sources, targets } = quotas;
  return {
    flows: lease("flows", flows),
    sources: sources && lease("sources", sources),
    targets: lease("targets", targets),
  };
}
