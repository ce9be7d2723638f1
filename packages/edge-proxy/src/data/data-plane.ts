import type { Clock, Timer } from "../clock.ts";
import type { SocketDescriptors } from "../inherited-sockets.ts";
import { admit, RefusedClient } from "./admit.ts";
import type { Carrier, CarrierProcess, FlowSet } from "./carrier.ts";
import { chooseSockets } from "./choose-sockets.ts";
import type { CloseReason } from "./close-reason.ts";
import { dial } from "./dial.ts";
import type { Flow, FlowHome } from "./flow.ts";
import type { FlowObserver } from "./flow-observer.ts";
import type { FlowSocket, Sockets } from "./flow-socket.ts";
import { HeaderWriter } from "./header.ts";
import { openKernelPipe } from "./kernel-pipe.ts";
import type { ReadySockets } from "./listener.ts";
import { Listeners } from "./listeners.ts";
import { LiveSet } from "./live-set.ts";
import type { Neighbours } from "./neighbours.ts";
import { netSockets } from "./net-socket.ts";
import { Observers } from "./observers.ts";
import { allFlows, type Quotas } from "./quota.ts";
import type { Routes } from "./routes.ts";
import { select } from "./select.ts";
import { chooseSource } from "./source.ts";
import { type Place, type PortRange, SourcePorts } from "./source-ports.ts";
import type { Mover } from "./splice.ts";
import { type FlowTimeouts, sweep } from "./sweep.ts";
import type { TransparentSockets } from "./transparent-socket.ts";

export interface DataPlaneOptions {
  readonly clock: Clock;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** How many flows this process can carry at one time. */
  readonly maxFlows: number;
  readonly quotas: Quotas;
  /** The range that the kernel chooses source ports from. */
  readonly kernelPorts: PortRange;
  /** Loaded before the first entry that says `transparent`. */
  readonly transparent: TransparentSockets;
  readonly timeouts: FlowTimeouts;
  /** How often flows are checked for timeouts, which is also how exact these are. */
  readonly sweepMs: number;
  readonly observers: readonly FlowObserver[];
  /** Use only Node's public API, which doubles the cost of a connection. Default false. */
  readonly publicApiOnly?: boolean;
  /** Sockets that are bound or listening already, by the keys of their entries. */
  readonly ready?: ReadySockets | undefined;
  /** Default: none. */
  readonly neighbours?: Neighbours;
  /** The place of this process among all that carry flows. Default: it is the only one. */
  readonly place?: Place;
}

/** How long a reset is held back, so that the bytes before it can leave the kernel. */
const resetDelayMs = 20;
/** How many other source ports a flow tries when its first one turns out to be taken. */
const maxRedials = 20;
/** After this many neighbouring ports it jumps to another part of the range. */
const nearRedials = 3;

/**
 * Accepts clients, connects each to a target and carries bytes, as the current `Routes` say. A connection goes through the
 * stages listener → admit → select → source → dial → header → splice, each a file of that name.
 */
export class DataPlane implements Carrier, FlowHome {
  coarseNowMs: number;
  mover: Mover | undefined;
  readonly #options: DataPlaneOptions;
  readonly #observers: Observers;
  readonly #flows = new LiveSet<Flow>();
  readonly #listeners: Listeners;
  #sockets: Sockets = netSockets;
  readonly #headers = new HeaderWriter();
  readonly #sourcePorts: SourcePorts;
  #routes: Routes = { entries: new Map() };
  /** The snapshot that `apply` is switching to: some of its new entries may accept clients already. */
  #coming: Routes | undefined;
  #lastId = 0;
  #sweepTimer: Timer | undefined;
  #isClosing = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
    this.#observers = new Observers(options.observers);
    const { quotas, kernelPorts: kernelRange, random } = options;
    this.#sourcePorts = new SourcePorts({ quota: quotas.targets, kernelRange, random, place: options.place });
    this.#listeners = new Listeners((key) => (client) => this.#accepted(key, client), options.ready);
    this.coarseNowMs = options.clock.now();
    this.#sweepLater();
  }

  get flows(): FlowSet {
    return this.#flows;
  }

  get sources(): number {
    return this.#options.quotas.sources?.size ?? 0;
  }

  get sourcePortsInUse(): number {
    return this.#sourcePorts.inUse;
  }

  get observerErrors(): number {
    return this.#observers.errors;
  }

  /** This process is the only one. */
  get processes(): readonly CarrierProcess[] {
    return [];
  }

  listening(key: string): { readonly address: string; readonly port: number } | undefined {
    return this.#listeners.at(key);
  }

  get listeningSockets(): SocketDescriptors {
    return this.#listeners.descriptors;
  }

  async apply(routes: Routes): Promise<void> {
    if (!this.#options.publicApiOnly) {
      this.#sockets = await chooseSockets(this.#options.clock);
      if (this.#sockets !== netSockets) this.mover = await openKernelPipe();
    }
    this.#coming = routes;
    try {
      await this.#listeners.replace(routes, this.#sockets);
      this.#routes = routes;
    } finally {
      this.#coming = undefined;
    }
  }

  publish(routes: Routes): void {
    this.#routes = routes;
  }

  terminate(group: string, targetKey: string, kind: "unhealthy" | "deregistered"): void {
    for (const flow of this.#flows) {
      if (flow.forward.group === group && flow.route.key === targetKey) flow.terminate({ side: "proxy", kind });
    }
  }

  withdraw(loadBalancer: string, listenerPort: number, group: string): void {
    for (const flow of this.#flows) {
      const { entry } = flow;
      if (entry.loadBalancer !== loadBalancer || entry.listenerPort !== listenerPort) continue;
      if (flow.forward.group === group) flow.terminate({ side: "proxy", kind: "weight-zero" });
    }
  }

  /** Nothing to do: flows of this process are always up to date. */
  async refresh(): Promise<void> {}

  /** A flow of this process can be asked for its source at any time. */
  wantSources(): void {}

  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    this.#listeners.close();
    if (this.#flows.size > 0) await this.#drain(drainMs);
    if (this.#sweepTimer !== undefined) this.#options.clock.clear(this.#sweepTimer);
    this.#sweepTimer = undefined;
  }

  /**
   * Takes in a client that another process has accepted.
   * @param full how many processes have had no room for it
   */
  receive(key: string, connection: object, full: number): void {
    this.#accepted(key, this.#sockets.adopt(connection), full);
  }

  now(): number {
    return this.#options.clock.now();
  }

  connected(flow: Flow): void {
    const { target } = flow;
    if (target === undefined) return;
    flow.down.to(flow.client);
    flow.up.to(target, this.#headers.write(flow), flow.forward.proxyHeader === "on_first_ack");
    this.#observers.tell((observer) => observer.flowConnected?.(flow));
  }

  redial(flow: Flow): boolean {
    if (flow.ports === undefined || flow.redials === maxRedials) return false;
    const port = flow.ports.exchange(flow.sourcePort, flow.chosenSource === "node", flow.redials >= nearRedials);
    if (port === undefined) return false;
    flow.sourcePort = port;
    flow.redials++;
    dial(flow, this.#sockets, this.#options.transparent);
    return true;
  }

  soon(callback: () => void): void {
    this.#options.clock.setTimer(resetDelayMs, callback);
  }

  ended(flow: Flow, reason: CloseReason): void {
    this.#flows.delete(flow);
    flow.ports?.give(flow.sourcePort);
    const { flows, sources } = this.#options.quotas;
    flows?.remove(allFlows);
    sources?.remove(flow.clientAddress);
    this.#observers.tell((observer) => observer.flowClosed?.(flow, reason));
    if (this.#flows.size === 0) this.#onEmpty?.();
  }

  /** The path of one connection. `full`: how many processes have had no room for it. */
  #accepted(key: string, client: FlowSocket, full = 0): void {
    const entry = this.#routes.entries.get(key) ?? this.#coming?.entries.get(key);
    // A listener that is being closed may still hand over a connection, which then has nowhere to go. And a client may have
    // waited for other processes' answer until after the end.
    if (entry === undefined || this.#isClosing) return client.resetAndDestroy();
    const { maxFlows, quotas, random } = this.#options;
    const room = maxFlows - this.#flows.size;
    if (room <= 0 && this.#offer(key, client, full + 1)) return;
    const admission = admit(client, this, ++this.#lastId, entry, room, quotas);
    if (admission instanceof RefusedClient) return this.#refuse(admission, client, full);
    const flow = admission;
    const seed = (random() * 0x1_0000_0000) >>> 0;
    const selection = select(entry, { clientAddress: flow.clientAddress, clientPort: flow.clientPort, seed });
    if (selection === undefined) return this.#turnAway(new RefusedClient(flow.id, entry, "no_target", client));
    flow.forward = selection.forward;
    flow.route = selection.route;
    const sourceless = this.#giveSource(flow);
    if (sourceless !== undefined) return this.#refuse(sourceless, client, full);
    this.#flows.add(flow);
    quotas.flows?.add(allFlows);
    quotas.sources?.add(flow.clientAddress);
    this.#observers.tell((observer) => observer.flowOpened?.(flow));
    client.start(flow.up, flow);
    dial(flow, this.#sockets, this.#options.transparent);
  }

  /** Offers the client to the other processes. @returns false when none of them can have room */
  #offer(key: string, client: FlowSocket, full: number): boolean {
    const { neighbours } = this.#options;
    if (neighbours === undefined || neighbours.busy || full > neighbours.count) return false;
    const connection = client.giveAway?.();
    if (connection === undefined) return false;
    neighbours.offer(key, connection, full);
    return true;
  }

  /** Gives the flow a source address and port. @returns the refusal where none is left */
  #giveSource(flow: Flow): RefusedClient | undefined {
    const { id, entry, forward, route, client } = flow;
    const source = chooseSource(entry, forward, route, flow.clientAddress);
    if (source === "hairpin") return new RefusedClient(id, entry, source, client);
    flow.chosenSource = source;
    if (source !== "kernel" && source !== "node") return undefined;
    const ports = this.#sourcePorts.of(entry.nodeAddress, route);
    const port = ports.take(source === "node");
    if (port === undefined) return new RefusedClient(id, entry, "port_allocation", client, ports.shortage);
    flow.ports = ports;
    flow.sourcePort = port;
    return undefined;
  }

  /** Turns a client away, unless what it lacks can be had from other processes: then it is tried again. */
  #refuse(refused: RefusedClient, client: FlowSocket, full: number): void {
    const { quota, key = "" } = refused.shortage ?? {};
    if (quota?.more === undefined) return this.#turnAway(refused);
    void quota.more(key).then((found) => {
      if (found) this.#accepted(refused.entry.key, client, full);
      else this.#turnAway(refused);
    });
  }

  #turnAway(client: RefusedClient): void {
    this.#observers.tell((observer) => observer.flowRefused?.(client));
    client.turnAway();
  }

  async #drain(drainMs: number): Promise<void> {
    const { clock } = this.#options;
    const emptied = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const terminate = (): void => {
      for (const flow of this.#flows) flow.terminate({ side: "proxy", kind: "drain" });
    };
    // A clock that stands still fires no timer, not even one that is due at once.
    if (drainMs === 0) terminate();
    const deadline = drainMs === 0 ? undefined : clock.setTimer(drainMs, terminate);
    await emptied;
    if (deadline !== undefined) clock.clear(deadline);
  }

  #sweepLater(): void {
    this.#sweepTimer = this.#options.clock.setTimer(this.#options.sweepMs, () => {
      this.coarseNowMs = this.#options.clock.now();
      sweep(this.#flows, this.coarseNowMs, this.#options.timeouts);
      this.#sourcePorts.prune();
      this.#sweepLater();
    });
  }
}
