import type { FlowSet } from "../data/carrier.ts";
import type { CloseReason } from "../data/close-reason.ts";
import { LiveSet } from "../data/live-set.ts";
import type { Observers } from "../data/observers.ts";
import type { Quota } from "../data/quota.ts";
import type { FlowReport, FlowUpdate, ReportedRefusal } from "./flow-report.ts";
import { RemoteFlow } from "./remote-flow.ts";
import type { SentSnapshots } from "./sent-snapshots.ts";

const workerLost: CloseReason = { side: "proxy", kind: "worker-lost" };

/** In the primary process: the flows of all workers as they were last reported. Tells the observers what becomes of them. */
export class FlowMirror {
  readonly #observers: Observers;
  readonly #snapshots: SentSnapshots;
  readonly #flows = new LiveSet<RemoteFlow>();
  /** By the worker's slot, then by their places in the worker. */
  readonly #bySlot = new Map<number, (RemoteFlow | undefined)[]>();
  readonly #sources: Quota | undefined;
  #lastId = 0;

  /** @param sources counts the flows of each client address, where there is a limit on them */
  constructor(observers: Observers, snapshots: SentSnapshots, sources?: Quota) {
    this.#observers = observers;
    this.#snapshots = snapshots;
    this.#sources = sources;
  }

  get flows(): FlowSet {
    return this.#flows;
  }

  /** How many flows a worker carries. */
  flowsOf(slot: number): number {
    return standing(this.#bySlot.get(slot)).length;
  }

  heard(slot: number, { flows, refusals }: FlowReport): void {
    for (const update of flows) this.#flow(slot, update);
    for (const refusal of refusals) this.#refusal(slot, refusal);
  }

  /** A worker is gone, and its flows with it. */
  lost(slot: number, nowMs: number): void {
    const flows = this.#bySlot.get(slot);
    this.#bySlot.delete(slot);
    for (const flow of standing(flows)) {
      flow.state = "closing";
      flow.closedMs = nowMs;
      this.#ended(flow, workerLost);
    }
  }

  #flow(slot: number, update: FlowUpdate): void {
    const flow = update.opened === undefined ? this.#bySlot.get(slot)?.[update.place] : this.#opened(slot, update);
    if (flow === undefined) return;
    const wasConnected = flow.connectedMs !== undefined;
    flow.update(update);
    if (!wasConnected && flow.connectedMs !== undefined) this.#observers.tell((it) => it.flowConnected?.(flow));
    const { closed, place } = update;
    this.#placesOf(slot)[place] = closed === undefined ? flow : undefined;
    if (closed !== undefined) this.#ended(flow, closed.reason);
  }

  #opened(slot: number, { opened }: FlowUpdate): RemoteFlow | undefined {
    const route = opened && this.#snapshots.routeOf(slot, opened);
    // Always found: a worker chooses only among what it was sent.
    if (opened === undefined || route === undefined) return undefined;
    const flow = new RemoteFlow(++this.#lastId, opened, route);
    this.#flows.add(flow);
    this.#sources?.add(flow.clientAddress);
    this.#observers.tell((it) => it.flowOpened?.(flow));
    return flow;
  }

  #placesOf(slot: number): (RemoteFlow | undefined)[] {
    const known = this.#bySlot.get(slot);
    if (known !== undefined) return known;
    const places: (RemoteFlow | undefined)[] = [];
    this.#bySlot.set(slot, places);
    return places;
  }

  #ended(flow: RemoteFlow, reason: CloseReason): void {
    this.#flows.delete(flow);
    this.#sources?.remove(flow.clientAddress);
    this.#observers.tell((it) => it.flowClosed?.(flow, reason));
  }

  #refusal(slot: number, { entry: key, ...refusal }: ReportedRefusal): void {
    const entry = this.#snapshots.entry(slot, key);
    if (entry === undefined) return;
    const refused = { id: ++this.#lastId, entry, ...refusal };
    this.#observers.tell((it) => it.flowRefused?.(refused));
  }
}

/** @param places of a worker's flows */
function standing(places: readonly (RemoteFlow | undefined)[] = []): RemoteFlow[] {
  return places.filter((flow) => flow !== undefined);
}
