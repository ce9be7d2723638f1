import { serialize } from "node:v8";
import type { Clock } from "../clock.ts";
import type { Carrier, CarrierProcess, FlowSet } from "../data/carrier.ts";
import type { FlowObserver } from "../data/flow-observer.ts";
import { inTheWay } from "../data/in-the-way.ts";
import type { ReadySockets } from "../data/listener.ts";
import { loadNodeTcp, type TcpHandle } from "../data/node-tcp.ts";
import { Observers } from "../data/observers.ts";
import { LocalQuota } from "../data/quota.ts";
import type { Routes } from "../data/routes.ts";
import { EdgeProxyError } from "../error.ts";
import type { SocketDescriptors } from "../inherited-sockets.ts";
import { notRestored } from "../listen-error.ts";
import { clockOriginMs } from "./clock-origin.ts";
import { FlowMirror } from "./flow-mirror.ts";
import { ListeningSockets } from "./listening-sockets.ts";
import type { OfferedClient, ToWorker, WorkerAnswer, WorkerSettings } from "./message.ts";
import { type PoolLimits, QuotaLenders } from "./quota-lenders.ts";
import { SentSnapshots } from "./sent-snapshots.ts";
import { Slot } from "./slot.ts";
import { WorkerLink, type WorkerNotification } from "./worker-link.ts";

export interface WorkerPoolOptions {
  readonly clock: Clock;
  /** How many processes. */
  readonly workers: number;
  readonly settings: Omit<WorkerSettings, "clockOriginMs" | "place" | "quotas">;
  /** On all workers together. */
  readonly limits: PoolLimits;
  readonly observers: readonly FlowObserver[];
  /** Listening sockets of the process that this one replaces. */
  readonly inherited: ReadySockets | undefined;
}

/** How long a question for numbers waits for a worker that does not answer. */
const answerMs = 1_000;
/** A worker that takes longer than this over an order is stuck, and is killed. */
const stuckMs = 10_000;

/**
 * Carries flows in several worker processes, each with a data plane of its own. Orders go to all of them, and what they report
 * is passed to observers as if it had happened here. A worker that ends is replaced; its flows are lost with it.
 */
export class WorkerPool implements Carrier {
  readonly #options: WorkerPoolOptions;
  readonly #observers: Observers;
  readonly #snapshots = new SentSnapshots();
  /** Only counts: the workers enforce the limit. */
  readonly #sources: LocalQuota | undefined;
  readonly #mirror: FlowMirror;
  readonly #lenders: QuotaLenders;
  readonly #slots: readonly Slot[];
  readonly #sockets: ListeningSockets;
  #routes: EncodedRoutes;
  #wantsSources: boolean;
  #state: "new" | "running" | "closing" = "new";

  /** @throws EdgeProxyError `EDGE_WORKERS_UNAVAILABLE` */
  constructor(options: WorkerPoolOptions) {
    const tcp = loadNodeTcp();
    if (tcp === undefined) {
      throw new EdgeProxyError(
        "EDGE_WORKERS_UNAVAILABLE",
        "this Node.js does not let processes share listening sockets",
      );
    }
    const { observers, workers, clock, limits, inherited } = options;
    this.#options = options;
    this.#wantsSources = options.settings.wantsSources;
    this.#sockets = new ListeningSockets({ tcp, workers, inherited });
    this.#observers = new Observers(observers);
    this.#sources = limits.sources === undefined ? undefined : new LocalQuota(limits.sources);
    this.#mirror = new FlowMirror(this.#observers, this.#snapshots, this.#sources);
    this.#slots = Array.from({ length: workers }, (_, index) => new Slot(index, clock));
    this.#routes = this.#encode({ entries: new Map() });
    this.#lenders = new QuotaLenders(limits, workers, (slot, quota, answer) => {
      this.#slots[slot]?.link?.tell({ type: "quota", quota, answer });
    });
  }

  get flows(): FlowSet {
    return this.#mirror.flows;
  }

  get sources(): number {
    return this.#sources?.size ?? 0;
  }

  get sourcePortsInUse(): number {
    return this.#slots.reduce((sum, { sourcePortsInUse }) => sum + sourcePortsInUse, 0);
  }

  get observerErrors(): number {
    return this.#observers.errors;
  }

  get processes(): readonly CarrierProcess[] {
    return this.#slots.map(({ index, link, restarts, numbers }) => ({
      pid: link?.pid,
      flows: this.#mirror.flowsOf(index),
      restarts,
      numbers,
    }));
  }

  get listeningSockets(): SocketDescriptors {
    return this.#sockets.descriptors;
  }

  now(): number {
    return this.#options.clock.now();
  }

  listening(key: string): { readonly address: string; readonly port: number } | undefined {
    return this.#sockets.at(key);
  }

  async apply(routes: Routes): Promise<void> {
    if (this.#state === "new") await this.#startAll();
    const aside = inTheWay(this.#sockets.opened, routes);
    if (aside.length === 0) return this.#switchTo(routes);
    const before = this.#routes.routes;
    const without: Routes = { entries: new Map([...before.entries].filter(([key]) => !aside.includes(key))) };
    // A socket is closed when every worker has closed it.
    await this.#switchTo(without);
    try {
      await this.#switchTo(routes);
    } catch (error) {
      const now = this.#routes.routes;
      // Unless another snapshot has been published meanwhile.
      await this.#switchTo(now === without ? before : now).catch((another) => {
        throw notRestored(error, another);
      });
      throw error;
    }
  }

  publish(routes: Routes): void {
    this.#routes = this.#encode(routes);
    const { version, bytes } = this.#routes;
    this.#tellAll({ type: "publish", version, bytes });
  }

  terminate(group: string, target: string, kind: "unhealthy" | "deregistered"): void {
    this.#tellAll({ type: "terminate", group, target, kind });
  }

  withdraw(loadBalancer: string, listenerPort: number, group: string): void {
    this.#tellAll({ type: "withdraw", loadBalancer, listenerPort, group });
  }

  wantSources(areWanted: boolean): void {
    // What was wanted from the start is wanted for good.
    const wantsSources = areWanted || this.#options.settings.wantsSources;
    if (wantsSources === this.#wantsSources) return;
    this.#wantsSources = wantsSources;
    this.#tellAll({ type: "sources", wantsSources });
  }

  async refresh({ scrape }: { readonly scrape: boolean }): Promise<void> {
    const { clock } = this.#options;
    const answered = Promise.all(
      this.#slots.map(async (slot) => {
        const answer = await slot.link?.call({ type: "report", scrape });
        if (answer !== undefined) slot.reported(answer);
      }),
    );
    await new Promise<void>((resolve) => {
      const deadline = clock.setTimer(answerMs, resolve);
      void answered.then(() => {
        clock.clear(deadline);
        resolve();
      });
    });
  }

  async close(drainMs: number): Promise<void> {
    this.#state = "closing";
    this.#sockets.close(this.#sockets.keys);
    await Promise.all(
      this.#slots.map(async (slot) => {
        slot.close();
        const { process, link } = slot;
        await link?.callOrEnd({ type: "close", drainMs }, drainMs + stuckMs);
        await process?.end();
      }),
    );
  }

  /**
   * Before any socket is bound: one that nobody listens on yet keeps no other program from its port.
   * @throws EdgeProxyError `EDGE_WORKERS_UNAVAILABLE`
   */
  async #startAll(): Promise<void> {
    this.#state = "running";
    await Promise.all(this.#slots.map((slot) => this.#start(slot)));
  }

  /** Opens the sockets of new entries, then closes those of entries that are gone. If it fails, nothing has changed. */
  async #switchTo(routes: Routes): Promise<void> {
    const before = this.#routes;
    const opened = this.#sockets.open(routes);
    const wanted = this.#encode(routes);
    this.#routes = wanted;
    const problems = await this.#applyEverywhere(opened);
    if (problems.length > 0) {
      this.#sockets.close(opened);
      // Unless another snapshot has been published meanwhile. A new version, as the old one may have been forgotten.
      if (this.#routes === wanted) this.#routes = this.#encode(before.routes);
      await Promise.all(this.#slots.map(({ link }) => this.#apply(link)));
      throw new EdgeProxyError("EDGE_LISTEN_FAILED", problems);
    }
    this.#sockets.close(this.#sockets.keys.filter((key) => !routes.entries.has(key)));
  }

  /** @returns the problems of the first worker that has any */
  async #applyEverywhere(newKeys: readonly string[]): Promise<readonly string[]> {
    const answers = this.#slots.map(({ index, link }) => {
      for (const key of newKeys) this.#sendSockets(link, index, key);
      // A worker that is being replaced gets everything when its successor starts.
      return this.#apply(link);
    });
    return firstProblems(await Promise.all(answers));
  }

  /** @throws EdgeProxyError `EDGE_WORKERS_UNAVAILABLE` */
  async #start(slot: Slot): Promise<void> {
    const booted = this.#boot(slot);
    const { process } = slot;
    if ((await booted) !== undefined) return;
    throw new EdgeProxyError(
      "EDGE_WORKERS_UNAVAILABLE",
      `a worker process has ended before it could listen: ${process?.ended}`,
    );
  }

  /** Starts a worker. @returns its answer to the first `apply`; undefined if it ended before that */
  async #boot(slot: Slot): Promise<WorkerAnswer | undefined> {
    const link = new WorkerLink(this.#options.clock, {
      onMessage: (message, connection) => this.#heard(slot, message, connection),
      onExit: () => this.#lost(slot),
    });
    slot.filled(link);
    // Only now is it part of the pool: until it listens, neither a snapshot nor a lender should wait for it.
    if (!(await link.listening) || this.#state === "closing") return undefined;
    slot.link = link;
    const { index } = slot;
    const quotas = this.#lenders.joined(index);
    this.#snapshots.applied(index, this.#routes.version);
    const { settings, workers } = this.#options;
    link.tell({
      type: "start",
      settings: {
        ...settings,
        wantsSources: this.#wantsSources,
        clockOriginMs: clockOriginMs(),
        place: { index, of: workers },
        quotas,
      },
    });
    for (const key of this.#sockets.keys) this.#sendSockets(link, index, key);
    return this.#apply(link);
  }

  async #apply(link: WorkerLink | undefined): Promise<WorkerAnswer | undefined> {
    const { version, bytes } = this.#routes;
    return link?.callOrEnd({ type: "apply", version, bytes }, stuckMs);
  }

  #heard({ index }: Slot, message: WorkerNotification, connection: TcpHandle | undefined): void {
    switch (message.type) {
      case "applied":
        this.#snapshots.applied(index, message.version);
        break;
      case "flows":
        this.#mirror.heard(index, message.report);
        break;
      case "quota":
        this.#lenders.receive(index, message.quota, message.request);
        break;
      case "client":
        if (connection !== undefined) this.#offer(index, message, connection);
        break;
    }
  }

  /** Passes a client that a worker has no room for on to the next one. The last one in the round refuses it. */
  #offer(index: number, client: OfferedClient, connection: TcpHandle): void {
    const { workers } = this.#options;
    const ahead = Array.from({ length: workers - client.full }, (_, i) => this.#slots[(index + 1 + i) % workers]);
    const next = ahead.findIndex((slot) => slot?.link !== undefined);
    // A worker that is being replaced is skipped.
    const link = next < 0 ? this.#slots[index]?.link : ahead[next]?.link;
    if (link === undefined) connection.reset();
    else link.give({ ...client, full: next < 0 ? workers : client.full + next }, connection);
  }

  #lost(slot: Slot): void {
    slot.emptied();
    this.#mirror.lost(slot.index, this.now());
    this.#snapshots.left(slot.index);
    this.#lenders.left(slot.index);
    if (this.#state === "running") slot.later(() => void this.#replace(slot));
  }

  async #replace(slot: Slot): Promise<void> {
    const answer = await this.#boot(slot);
    // A worker that cannot listen is of no use; its successor may be able to.
    if (answer?.failed !== undefined) await slot.process?.end();
  }

  #sendSockets(link: WorkerLink | undefined, index: number, key: string): void {
    for (const handle of this.#sockets.handles(key, index)) link?.tell({ type: "socket", key }, handle);
  }

  #tellAll(message: ToWorker): void {
    for (const { link } of this.#slots) link?.tell(message);
  }

  /** Serializes a snapshot once for all workers. */
  #encode(routes: Routes): EncodedRoutes {
    return { routes, version: this.#snapshots.add(routes), bytes: serialize(routes) };
  }
}

/** A snapshot in the form in which it is sent to workers. */
interface EncodedRoutes {
  readonly routes: Routes;
  readonly version: number;
  readonly bytes: Uint8Array;
}

function firstProblems(answers: readonly (WorkerAnswer | undefined)[]): readonly string[] {
  return answers.find((answer) => answer?.failed !== undefined)?.failed ?? [];
}
