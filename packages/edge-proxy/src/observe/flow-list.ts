import type { FlowSet } from "../data/carrier.ts";
import type { FlowInfo, FlowState } from "../data/flow-observer.ts";
import { hostPort } from "../model/host-port.ts";
import { listenerName } from "./flow-tally.ts";

/** Which flows somebody wants to see. */
export interface FlowQuery {
  /** As many as there may be in the answer. */
  readonly limit: number;
  /** The key of a target: its id and port. */
  readonly target?: string | undefined;
  readonly state?: FlowState | undefined;
}

/** A flow that stands. */
export interface FlowRow {
  readonly id: number;
  readonly client: string;
  readonly listener: string;
  readonly zone: string;
  readonly vpcEndpointId: string | null;
  readonly targetGroup: string;
  readonly target: string;
  /** Who the target sees as its peer; null as long as there is no connection. */
  readonly source: string | null;
  readonly state: FlowState;
  /** Payload. */
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  readonly ageSeconds: number;
  /** Since a byte last moved; exact to about a second. */
  readonly idleSeconds: number;
}

export interface FlowList {
  /** All that stand. */
  readonly active: number;
  /** Those that the query fits. */
  readonly matching: number;
  /** The longest-standing ones first. */
  readonly flows: readonly FlowRow[];
}

/** Lists flows that stand. Only those in the answer are asked for their source, which costs a system call each. */
export function listFlows(flows: FlowSet, query: FlowQuery, nowMs: number): FlowList {
  const { target, state, limit } = query;
  const matching = [...flows]
    .filter(
      (flow) => (target === undefined || flow.route.key === target) && (state === undefined || flow.state === state),
    )
    .sort((a, b) => a.id - b.id);
  return {
    active: flows.size,
    matching: matching.length,
    flows: matching.slice(0, limit).map((flow) => toRow(flow, nowMs)),
  };
}

function toRow(flow: FlowInfo, nowMs: number): FlowRow {
  const { id, entry, forward, route, source } = flow;
  return {
    id,
    client: hostPort(flow.clientAddress, flow.clientPort),
    listener: listenerName(entry.loadBalancer, entry.listenerPort),
    zone: entry.zone,
    vpcEndpointId: entry.vpcEndpointId ?? null,
    targetGroup: forward.group,
    target: route.key,
    source: source === undefined ? null : hostPort(source.address, source.port),
    state: flow.state,
    bytesFromClient: flow.bytesFromClient,
    bytesFromTarget: flow.bytesFromTarget,
    ageSeconds: seconds(nowMs - flow.openedMs),
    // Activity is noted on a clock that is up to a second behind.
    idleSeconds: seconds(Math.max(0, nowMs - flow.activeMs)),
  };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
