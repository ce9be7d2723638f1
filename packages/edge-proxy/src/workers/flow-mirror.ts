import type { CloseReason } from "../data/close-reason.ts";
import type { Observers } from "../data/observers.ts";
import type { Quota } from "../data/quota.ts";
import type { FlowNews, FlowReport, RefusalNews } from "./message.ts";
import { RemoteFlow } from "./remote-flow.ts";
import type { ToldRoutes } from "./told-routes.ts";

const workerLost: CloseReason = { side: "proxy", kind: "worker-lost" };

/** In the primary process: the flows of all workers as they were last reported. Tells the observers what becomes of them. */
export class FlowMirror {
  readonly #observers: Observers;
  readonly #routes: ToldRoutes;
  readonly #flows = new Set<RemoteFlow>();
  /** By the worker's slot, then by the worker's id. */
  readonly #bySlot = new Map<number, Map<number, RemoteFlow>>();
  readonly #sources: Quota | undefined;
  #lastId = 0;

  /** @param sources counts the flows of each client address, where there is a limit on them */
  constructor(observers: Observers, routes: ToldRoutes, sources?: Quota) {
    this.#observers = observers;
    this.#routes = routes;
    this.#sources = sources;
  }

  get flows(): ReadonlySet<RemoteFlow> {
    return this.#flows;
  }

  /** How many flows a worker carries. */
  flowsOf(slot: number): number {
    return this.#bySlot.get(slot)?.size ?? 0;
  }

  heard(slot: number, { flows, refusals }: FlowReport): void {
    for (const news of flows) this.#flow(slot, news);
    for (const news of refusals) this.#refusal(slot, news);
  }

  /** A worker is gone, and its flows with it. */
  lost(slot: number, nowMs: number): void {
    const flows = this.#bySlot.get(slot);
    this.#bySlot.delete(slot);
    for (const flow of flows?.values() ?? []) {
      flow.state = "closing";
      flow.closedMs = nowMs;
      this.#ended(flow, workerLost);
    }
  }

  #flow(slot: number, news: FlowNews): void {
    const flow = news.opened === undefined ? this.#bySlot.get(slot)?.get(news.id) : this.#opened(slot, news);
    if (flow === undefined) return;
    const wasConnected = flow.connectedMs !== undefined;
    flow.update(news);
    if (!wasConnected && flow.connectedMs !== undefined) this.#observers.tell((it) => it.flowConnected?.(flow));
    if (news.closed === undefined) return;
    this.#bySlot.get(slot)?.delete(news.id);
    this.#ended(flow, news.closed.reason);
  }

  #opened(slot: number, { id, opened }: FlowNews): RemoteFlow | undefined {
    const way = opened && this.#routes.wayOf(slot, opened);
    // Always found: a worker chooses only among what it was told.
    if (opened === undefined || way === undefined) return undefined;
    const flow = new RemoteFlow(++this.#lastId, opened, way);
    const ofSlot = this.#bySlot.get(slot) ?? new Map<number, RemoteFlow>();
    this.#bySlot.set(slot, ofSlot.set(id, flow));
    this.#flows.add(flow);
    this.#sources?.add(flow.clientAddress);
    this.#observers.tell((it) => it.flowOpened?.(flow));
    return flow;
  }

  #ended(flow: RemoteFlow, reason: CloseReason): void {
    this.#flows.delete(flow);
    this.#sources?.remove(flow.clientAddress);
    this.#observers.tell((it) => it.flowClosed?.(flow, reason));
  }

  #refusal(slot: number, { entry: key, ...refusal }: RefusalNews): void {
    const entry = this.#routes.entry(slot, key);
    if (entry === undefined) return;
    const told = { id: ++this.#lastId, entry, ...refusal };
    this.#observers.tell((it) => it.flowRefused?.(told));
  }
}
