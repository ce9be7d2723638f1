import type { Clock, Timer } from "../clock.ts";
import type { InheritedSockets, SocketDescriptors } from "../inherited-sockets.ts";
import { admit, RefusedClient } from "./admit.ts";
import type { Carrier } from "./carrier.ts";
import { chooseSockets } from "./choose-sockets.ts";
import type { CloseReason } from "./close-reason.ts";
import { dial } from "./dial.ts";
import type { Flow, FlowHome } from "./flow.ts";
import type { FlowInfo, FlowObserver } from "./flow-observer.ts";
import type { FlowSocket, Sockets } from "./flow-socket.ts";
import { HeaderWriter } from "./header.ts";
import { type OpenListener, openListener } from "./listener.ts";
import { netSockets } from "./net-socket.ts";
import { Observers } from "./observers.ts";
import { LocalQuota, type Quota } from "./quota.ts";
import type { Entry, Routes } from "./routes.ts";
import { select } from "./select.ts";
import { chooseSource } from "./source.ts";
import { type PortRange, SourcePorts } from "./source-ports.ts";
import { type FlowTimeouts, sweep } from "./sweep.ts";
import type { TransparentSockets } from "./transparent-socket.ts";

export interface DataPlaneOptions {
  readonly clock: Clock;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** As many flows as there may be at one time. */
  readonly maxFlows: number;
  /** As many as one client address may have; undefined for any number. */
  readonly maxFlowsPerSource: number | undefined;
  /** As many flows as there may be from one node's address to one target. */
  readonly flowsPerTarget: number;
  /** What the kernel chooses source ports from. */
  readonly kernelPorts: PortRange;
  /** Loaded before the first entry that says `transparent`. */
  readonly transparent: TransparentSockets;
  readonly timeouts: FlowTimeouts;
  /** How often flows are looked at for their timeouts, and so how exact these are. */
  readonly sweepMs: number;
  readonly observers: readonly FlowObserver[];
  /** Do without Node's internals, at twice the cost of a connection. Default false. */
  readonly publicApiOnly?: boolean;
  /** Sockets that listen already, by the keys of their entries. */
  readonly inherited?: InheritedSockets | undefined;
}

/** A reset waits this long for the bytes before it to leave the kernel. */
const resetDelayMs = 20;
/** A flow tries so many other source ports where somebody else has the first. */
const maxRedials = 20;
/** After so many that were side by side it looks elsewhere. */
const nearRedials = 3;

/**
 * Accepts clients, connects each to a target and carries bytes, as the current `Routes` say. A connection goes through the
 * stages listener → admit → select → source → dial → header → splice, each a file of that name.
 */
export class DataPlane implements Carrier, FlowHome {
  coarseNowMs: number;
  readonly #options: DataPlaneOptions;
  readonly #observers: Observers;
  readonly #flows = new Set<Flow>();
  readonly #listeners = new Map<string, OpenListener>();
  #sockets: Sockets = netSockets;
  readonly #headers = new HeaderWriter();
  readonly #sourcePorts: SourcePorts;
  readonly #sources: Quota | undefined;
  #routes: Routes = { entries: new Map() };
  #lastId = 0;
  #sweepTimer: Timer | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
    this.#observers = new Observers(options.observers);
    const { maxFlowsPerSource } = options;
    this.#sources = maxFlowsPerSource === undefined ? undefined : new LocalQuota(maxFlowsPerSource);
    const { flowsPerTarget: limit, kernelPorts: kernelRange, random } = options;
    this.#sourcePorts = new SourcePorts({ limit, kernelRange, random });
    this.coarseNowMs = options.clock.now();
    this.#sweepLater();
  }

  get flows(): ReadonlySet<FlowInfo> {
    return this.#flows;
  }

  get sources(): number {
    return this.#sources?.size ?? 0;
  }

  get sourcePortsInUse(): number {
    return this.#sourcePorts.inUse;
  }

  get observerErrors(): number {
    return this.#observers.errors;
  }

  listening(key: string): { readonly address: string; readonly port: number } | undefined {
    return this.#listeners.get(key);
  }

  get listeningSockets(): SocketDescriptors {
    const known = [...this.#listeners].map(([key, { descriptor }]) => [key, descriptor] as const);
    return new Map(known.flatMap(([key, descriptor]) => (descriptor === undefined ? [] : [[key, descriptor]])));
  }

  async apply(routes: Routes): Promise<void> {
    if (!this.#options.publicApiOnly) this.#sockets = await chooseSockets(this.#options.clock);
    const opened = new Map<string, OpenListener>();
    try {
      for (const [key, entry] of routes.entries) {
        if (!this.#listeners.has(key)) opened.set(key, await this.#open(entry));
      }
    } catch (error) {
      for (const listener of opened.values()) listener.close();
      throw error;
    }
    this.#routes = routes;
    for (const [key, listener] of opened) this.#listeners.set(key, listener);
    for (const [key, listener] of this.#listeners) {
      if (routes.entries.has(key)) continue;
      this.#listeners.delete(key);
      listener.close();
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

  /** Everything is known here at once. */
  async refresh(): Promise<void> {}

  async close(drainMs: number): Promise<void> {
    for (const listener of this.#listeners.values()) listener.close();
    this.#listeners.clear();
    if (this.#flows.size > 0) await this.#drain(drainMs);
    if (this.#sweepTimer !== undefined) this.#options.clock.clear(this.#sweepTimer);
    this.#sweepTimer = undefined;
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
    this.#sources?.remove(flow.clientAddress);
    this.#observers.tell((observer) => observer.flowClosed?.(flow, reason));
    if (this.#flows.size === 0) this.#onEmpty?.();
  }

  #open({ key, address, port, loadBalancer, vpcEndpointId }: Entry): Promise<OpenListener> {
    const what = vpcEndpointId === undefined ? `load balancer '${loadBalancer}'` : `VPC endpoint '${vpcEndpointId}'`;
    return openListener(
      address,
      port,
      what,
      this.#sockets,
      (client) => this.#accepted(key, client),
      this.#options.inherited?.take(key),
    );
  }

  /** The way of one connection. */
  #accepted(key: string, client: FlowSocket): void {
    const entry = this.#routes.entries.get(key);
    // A listener that is being closed may still hand over a connection; there is nowhere to send it.
    if (entry === undefined) return client.resetAndDestroy();
    const room = this.#options.maxFlows - this.#flows.size;
    const admission = admit(client, this, ++this.#lastId, entry, room, this.#sources);
    if (admission instanceof RefusedClient) return this.#refused(admission);
    const flow = admission;
    const seed = (this.#options.random() * 0x1_0000_0000) >>> 0;
    const selection = select(entry, { clientAddress: flow.clientAddress, clientPort: flow.clientPort, seed });
    if (selection === undefined) {
      return this.#refused(new RefusedClient(flow.id, entry, "no_target", client));
    }
    flow.forward = selection.forward;
    flow.route = selection.route;
    const noSource = this.#giveSource(flow);
    if (noSource !== undefined) return this.#refused(new RefusedClient(flow.id, entry, noSource, client));
    this.#flows.add(flow);
    this.#sources?.add(flow.clientAddress);
    this.#observers.tell((observer) => observer.flowOpened?.(flow));
    client.start(flow.up, flow);
    dial(flow, this.#sockets, this.#options.transparent);
  }

  /** @returns why there is none */
  #giveSource(flow: Flow): "port_allocation" | "hairpin" | undefined {
    const { entry, forward, route, clientAddress } = flow;
    const source = chooseSource(entry, forward, route, clientAddress);
    if (source === "hairpin") return source;
    flow.chosenSource = source;
    if (source !== "kernel" && source !== "node") return undefined;
    const ports = this.#sourcePorts.of(entry.nodeAddress, route);
    const port = ports.take(source === "node");
    if (port === undefined) return "port_allocation";
    flow.ports = ports;
    flow.sourcePort = port;
    return undefined;
  }

  #refused(client: RefusedClient): void {
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
