import type { ClientIpChoice } from "../control/client-ip.ts";
import type { DnsAt } from "../control/dns-at.ts";
import type { Limits } from "../control/limits.ts";
import type { ListeningAt } from "../control/listening-at.ts";
import type { Zone } from "../model/load-balancer.ts";
import type { FlowCounters } from "./counters.ts";
import type { FlowTally } from "./flow-tally.ts";
import { inTurn } from "./in-turn.ts";
import type { ConfigStatus, Observed, Readiness } from "./observed.ts";
import { packageVersion } from "./package-version.ts";
import type { FlowEnd, RecentEnds } from "./recent-ends.ts";
import { type GroupInParts, groupInParts, type TargetGroupState } from "./target-group-state.ts";
import type { TargetHistory } from "./target-history.ts";
import { totalsByTarget } from "./target-totals.ts";

/** The answer of `/api/state`. Times of day are UTC, ISO 8601. */
export interface EdgeProxyState {
  readonly at: string;
  readonly startedAt: string;
  readonly version: string;
  readonly node: string;
  readonly readiness: Readiness;
  readonly timeScale: number;
  readonly limits: Limits;
  /** Processes that carry the flows; empty where there are no others. */
  readonly workers: readonly WorkerState[];
  readonly config: ConfigStatus;
  /** What the config says that has no effect here. */
  readonly warnings: readonly string[];
  /** Counts since the start; bytes in them are of flows that have ended. */
  readonly flows: FlowCounters & { readonly active: number; readonly observerErrors: number };
  /** Payload since the start, of flows that stand too. */
  readonly bytes: { readonly fromClients: number; readonly fromTargets: number };
  readonly logLinesDropped: number;
  readonly loadBalancers: readonly LoadBalancerState[];
  readonly listeners: readonly ListeningAt[];
  /** Undefined while it is off. */
  readonly dns: DnsAt | undefined;
  /** By the load balancer's name; those that preserve nothing are not in it. */
  readonly clientIp: Readonly<Record<string, ClientIpChoice>>;
  readonly targetGroups: readonly TargetGroupState[];
  /** The last fifty flows that ended and clients that were turned away, the latest first. */
  readonly recentEnds: readonly FlowEnd[];
}

/** A worker process in `/api/state`. */
export interface WorkerState {
  /** Null while the last one has ended and the next one has not begun. */
  readonly pid: number | null;
  /** Flows that stand. */
  readonly flows: number;
  /** How often one has ended by itself and was replaced. */
  readonly restarts: number;
}

/** A load balancer in `/api/state`; where it listens is in `listeners`. */
export interface LoadBalancerState {
  readonly name: string;
  readonly zones: readonly Zone[];
  /** The load balancer's own setting; a target group may have another. */
  readonly crossZone: boolean;
}

/** What is remembered from before. */
export interface Remembered {
  readonly startedAtMs: number;
  readonly flows: FlowTally;
  readonly history: TargetHistory;
  readonly ends: RecentEnds;
}

/** The same, of which each target group is looked at when it is reached, and what is said of each target made then. */
export type StateInParts = Omit<EdgeProxyState, "targetGroups"> & { readonly targetGroups: Iterable<GroupInParts> };

/** All of it at once. */
export function wholeState(state: StateInParts): EdgeProxyState {
  return {
    ...state,
    targetGroups: Array.from(state.targetGroups, (group) => ({ ...group, targets: [...group.targets] })),
  };
}

/**
 * Everything worth knowing.
 * @param targetLimit as many targets of each group as there may be in it
 */
export function stateInParts(observed: Observed, remembered: Remembered, targetLimit: number): StateInParts {
  const { startedAtMs, flows, history, ends } = remembered;
  const { model, traffic, limits, config, warnings, listeners, readiness, timeScale } = observed;
  const totals = totalsByTarget(flows, traffic.flows);
  const bytes = { fromClients: traffic.counters.bytesFromClients, fromTargets: traffic.counters.bytesFromTargets };
  let active = 0;
  for (const { bytesFromClient, bytesFromTarget } of traffic.flows) {
    active++;
    bytes.fromClients += bytesFromClient;
    bytes.fromTargets += bytesFromTarget;
  }
  return {
    at: new Date(observed.wallClockMs).toISOString(),
    startedAt: new Date(startedAtMs).toISOString(),
    version: packageVersion,
    node: process.versions.node,
    readiness,
    timeScale,
    limits,
    workers: traffic.processes.map(({ pid = null, flows, restarts }) => ({ pid, flows, restarts })),
    config,
    warnings,
    flows: { active, observerErrors: traffic.observerErrors, ...traffic.counters },
    bytes,
    logLinesDropped: observed.logLinesDropped,
    loadBalancers: model.loadBalancers.map(({ name, zones, attributes }) => ({
      name,
      zones,
      crossZone: attributes.crossZone,
    })),
    listeners,
    dns: observed.dns,
    clientIp: Object.fromEntries(observed.clientIp),
    targetGroups: inTurn(model.targetGroups, (group) => groupInParts(group, observed, history, totals, targetLimit)),
    recentEnds: ends.list(),
  };
}
