import type { CloseReason } from "../data/close-reason.ts";
import type { FlowInfo, FlowObserver, Refusal } from "../data/flow-observer.ts";
import type { Entry } from "../data/routes.ts";
import { countFlows, type FlowCounters } from "./counters.ts";
import { connectBounds, flowBounds, Histogram } from "./histogram.ts";

/** What flows of one listener to one target have added up to. Bytes are those of flows that have ended. */
export interface TargetTally {
  opened: number;
  bytesFromClients: number;
  bytesFromTargets: number;
  headerBytes: number;
  /** By side, then by kind of ending. */
  readonly closed: Map<string, Map<string, number>>;
  readonly connectErrors: Map<string, number>;
}

export interface GroupTally {
  readonly flowSeconds: Histogram;
  readonly connectSeconds: Histogram;
  /** By the target's key. */
  readonly targets: Map<string, TargetTally>;
}

/** One listener of a load balancer, with all of its zones and VPC endpoints. */
export interface ListenerTally {
  readonly refused: Map<string, number>;
  readonly groups: Map<string, GroupTally>;
}

/** One place where clients come in. */
export interface EntryTally {
  readonly loadBalancer: string;
  readonly zone: string;
  readonly counters: FlowCounters;
  /** Flows whose target answered the connection with a reset: nothing listens there. */
  connectionsRefused: number;
  readonly observer: FlowObserver;
  readonly listener: ListenerTally;
}

/** What the config names now. */
export interface KnownNames {
  hasLoadBalancer(name: string): boolean;
  hasGroup(name: string): boolean;
  /** Draining ones included. */
  hasTarget(group: string, key: string): boolean;
}

/**
 * Adds flows up, in plain numbers and without a look at the clock: three look-ups and a few additions when a flow begins,
 * connects and ends. What flows have carried until now is on the flows themselves, for whoever reads the numbers.
 */
export class FlowTally implements FlowObserver {
  /** By the name of a listener, see `listenerName`. */
  readonly listeners: Map<string, ListenerTally> = new Map();
  /** By `Entry.name`. */
  readonly entries: Map<string, EntryTally> = new Map();

  flowOpened(flow: FlowInfo): void {
    const entry = this.#entry(flow.entry);
    entry.observer.flowOpened?.(flow);
    targetOf(groupOf(entry, flow), flow).opened++;
  }

  flowConnected(flow: FlowInfo): void {
    if (flow.connectedMs === undefined) return;
    const { connectSeconds } = groupOf(this.#entry(flow.entry), flow);
    connectSeconds.record((flow.connectedMs - flow.openedMs) / 1000);
  }

  flowClosed(flow: FlowInfo, reason: CloseReason): void {
    const entry = this.#entry(flow.entry);
    entry.observer.flowClosed?.(flow, reason);
    const group = groupOf(entry, flow);
    group.flowSeconds.record(((flow.closedMs ?? flow.openedMs) - flow.openedMs) / 1000);
    const target = targetOf(group, flow);
    target.bytesFromClients += flow.bytesFromClient;
    target.bytesFromTargets += flow.bytesFromTarget;
    target.headerBytes += flow.headerBytes;
    const { side, kind, errno } = reason;
    const kinds = target.closed.get(side) ?? new Map<string, number>();
    target.closed.set(side, kinds);
    increment(kinds, kind);
    // A client that went away while its target was being dialled says nothing about the target.
    if (flow.connectedMs === undefined && errno !== undefined && side !== "client") {
      increment(target.connectErrors, errno);
      if (errno === "ECONNREFUSED") entry.connectionsRefused++;
    }
  }

  flowRefused(refusal: Refusal): void {
    const entry = this.#entry(refusal.entry);
    entry.observer.flowRefused?.(refusal);
    increment(entry.listener.refused, refusal.reason);
  }

  /** Where a flow that stands is going to be counted. */
  target(flow: FlowInfo): TargetTally {
    return targetOf(groupOf(this.#entry(flow.entry), flow), flow);
  }

  /** Forgets what is gone and has no flow left, so that numbers do not pile up while targets come and go. */
  prune(known: KnownNames, live: Iterable<FlowInfo>): void {
    const busy = new Set<unknown>();
    for (const flow of live) {
      busy.add(this.#entry(flow.entry)).add(this.target(flow));
    }
    for (const [name, entry] of this.entries) {
      if (!known.hasLoadBalancer(entry.loadBalancer) && !busy.has(entry)) this.entries.delete(name);
    }
    const used = new Set([...this.entries.values()].map(({ listener }) => listener));
    for (const [name, listener] of this.listeners) {
      if (!used.has(listener)) this.listeners.delete(name);
      for (const [group, { targets }] of listener.groups) {
        for (const [key, target] of targets) {
          if (!known.hasTarget(group, key) && !busy.has(target)) targets.delete(key);
        }
        if (targets.size === 0 && !known.hasGroup(group)) listener.groups.delete(group);
      }
    }
  }

  #entry(entry: Entry): EntryTally {
    const known = this.entries.get(entry.name);
    if (known !== undefined) return known;
    const name = listenerName(entry.loadBalancer, entry.listenerPort);
    let listener = this.listeners.get(name);
    if (listener === undefined) {
      listener = { refused: new Map(), groups: new Map() };
      this.listeners.set(name, listener);
    }
    const { loadBalancer, zone } = entry;
    const tally: EntryTally = { loadBalancer, zone, connectionsRefused: 0, listener, ...countFlows() };
    this.entries.set(entry.name, tally);
    return tally;
  }
}

/** How metrics and the flow log call a listener: the load balancer's name and the port of the config. */
export function listenerName(loadBalancer: string, port: number): string {
  return `${loadBalancer}:${port}`;
}

function groupOf({ listener }: EntryTally, { forward }: FlowInfo): GroupTally {
  const known = listener.groups.get(forward.group);
  if (known !== undefined) return known;
  const group = {
    flowSeconds: new Histogram(flowBounds),
    connectSeconds: new Histogram(connectBounds),
    targets: new Map(),
  };
  listener.groups.set(forward.group, group);
  return group;
}

function targetOf({ targets }: GroupTally, { route }: FlowInfo): TargetTally {
  const known = targets.get(route.key);
  if (known !== undefined) return known;
  const target: TargetTally = {
    opened: 0,
    bytesFromClients: 0,
    bytesFromTargets: 0,
    headerBytes: 0,
    closed: new Map(),
    connectErrors: new Map(),
  };
  targets.set(route.key, target);
  return target;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
