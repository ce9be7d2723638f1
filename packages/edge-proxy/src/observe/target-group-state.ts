import {
  describeTargetHealth,
  type TargetState as HealthState,
  initialState,
  type TargetStateName,
} from "@edgekit/health";
import type { HealthMonitor, Target as WatchedTarget } from "@edgekit/health/monitor";
import type { ByHandSetting } from "../control/by-hand.ts";
import { describeTarget, type TargetHealthDescription } from "../control/describe-target-health.ts";
import type { HealthCheck } from "../model/health-check.ts";
import { userOf } from "../model/model.ts";
import { type TargetGroup, targetKey } from "../model/target-group.ts";
import type { TargetGroupAttributes } from "../model/target-group-attributes.ts";
import type { FlowTally } from "./flow-tally.ts";
import { inTurn } from "./in-turn.ts";
import type { Observed } from "./observed.ts";
import type { LastCheck, TargetHistory, TargetPast } from "./target-history.ts";
import { noTotals, type TargetTotals, totalsOfTarget } from "./target-totals.ts";

/** A target group in `/api/state`. */
export interface TargetGroupState {
  readonly name: string;
  /** Null for a group that no listener uses. */
  readonly loadBalancer: string | null;
  readonly healthCheck: HealthCheck;
  readonly attributes: TargetGroupAttributes;
  /** How each zone's node judges the group. */
  readonly zones: readonly ZoneVerdict[];
  /** How many targets are in each state. */
  readonly states: Readonly<Partial<Record<TargetStateName, number>>>;
  /**
   * Those of the config in its order, then those that left it and are draining. Where only some were asked for, those that are not
   * healthy come first.
   */
  readonly targets: readonly TargetState[];
}

/** How the node of a zone judges a target group. */
export interface ZoneVerdict {
  readonly name: string;
  readonly healthyCount: number;
  readonly registeredCount: number;
  /** Too few are healthy, so new flows go to every target. */
  readonly failOpen: boolean;
}

/** A row of DescribeTargetHealth, and what AWS does not tell. */
export interface TargetState extends TargetHealthDescription {
  /** Id and port: the target's name everywhere, also in the paths that drain it. */
  readonly key: string;
  /** Where it is reached. */
  readonly address: string;
  /** False for one that has left the config and is draining. */
  readonly isConfigured: boolean;
  /** When its state or reason last changed: UTC, ISO 8601. */
  readonly changedAt?: string;
  /** Only while it is draining: until that ends. */
  readonly drainingEndsInSeconds?: number;
  readonly lastCheck?: LastCheck;
  readonly flows: TargetTotals;
  readonly byHand: {
    readonly drained: boolean;
    /** What its health checks find; null: what they really find. */
    readonly forced: "healthy" | "unhealthy" | null;
  };
}

/** A target group in `/api/state`, whose targets are described when they are reached, as they stood when the group was. */
export type GroupInParts = Omit<TargetGroupState, "targets"> & { readonly targets: Iterable<TargetState> };

/**
 * What `/api/state` says of a target group.
 * @param limit as many targets as there may be in the answer
 */
export function groupInParts(
  group: TargetGroup,
  observed: Observed,
  history: TargetHistory,
  totals: ReadonlyMap<string, TargetTotals>,
  limit: number,
): GroupInParts {
  const monitor = observed.monitor(group.name);
  const all = lookAt(group, monitor, observed, history);
  return {
    name: group.name,
    loadBalancer: userOf(group, observed.model)?.name ?? null,
    healthCheck: group.healthCheck,
    attributes: group.attributes,
    zones: verdicts(monitor),
    states: countStates(all),
    targets: inTurn(atMost(limit, all), (seen) =>
      describeSeen(group, seen, observed, totals.get(`${group.name} ${seen.key}`) ?? noTotals),
    ),
  };
}

/** One target of the config as it is in its group's state; undefined when there is no such target. */
export function targetState(
  groupName: string,
  key: string,
  observed: Observed,
  history: TargetHistory,
  tally: FlowTally,
): TargetState | undefined {
  const group = observed.model.targetGroups.find(({ name }) => name === groupName);
  const target = group?.targets.find((candidate) => targetKey(candidate) === key);
  if (group === undefined || target === undefined) return undefined;
  const state = observed.monitor(groupName)?.state(key) ?? initialState();
  const [past, byHand] = [history.of(groupName, key), observed.byHand(groupName, key)];
  const seen = { key, target, state, isConfigured: true, past, byHand };
  return describeSeen(group, seen, observed, totalsOfTarget(groupName, key, tally, observed.traffic.flows));
}

/** A target at one moment: nothing in it changes any more. */
interface Seen {
  readonly key: string;
  readonly target: WatchedTarget;
  readonly state: HealthState;
  readonly isConfigured: boolean;
  readonly past: TargetPast;
  readonly byHand: ByHandSetting;
}

/**
 * Those of the config in its order, then those that left it and are draining. There may be thousands, so that they are found by
 * the objects they are: to make and to hash a key for each takes longer than all the rest.
 */
function lookAt(
  group: TargetGroup,
  monitor: HealthMonitor | undefined,
  observed: Observed,
  history: TargetHistory,
): readonly Seen[] {
  const see = (key: string, target: WatchedTarget, state: HealthState, isConfigured: boolean): Seen => ({
    key,
    target,
    state,
    isConfigured,
    past: history.of(group.name, key),
    byHand: observed.byHand(group.name, key),
  });
  const left = new Map(monitor?.describe().map((watched) => [watched.target, watched]));
  const known = new Set<string>();
  const seen = group.targets.map((target) => {
    const watched = left.get(target);
    if (watched !== undefined) {
      left.delete(target);
      return see(watched.key, target, watched.state, true);
    }
    // Drained by hand. After its deregistration delay it is not watched; AWS says the same of one that is not registered.
    const key = targetKey(target);
    known.add(key);
    return see(key, target, monitor?.state(key) ?? initialState(), true);
  });
  const others = [...left.values()].filter(({ key }) => !known.has(key));
  return [...seen, ...others.map(({ key, target, state }) => see(key, target, state, false))];
}

const forcedWords = { pass: "healthy", fail: "unhealthy" } as const;

function describeSeen(group: TargetGroup, seen: Seen, observed: Observed, flows: TargetTotals): TargetState {
  const { key, target, state, isConfigured, past, byHand } = seen;
  return {
    ...describeTarget(group, { target, health: describeTargetHealth(state) }),
    key,
    address: target.address ?? target.id,
    isConfigured,
    ...endOfDraining(group, state, observed),
    ...past,
    flows,
    byHand: { drained: byHand.drained, forced: byHand.forced === undefined ? null : forcedWords[byHand.forced] },
  };
}

function countStates(targets: readonly Seen[]): TargetGroupState["states"] {
  const states: Partial<Record<TargetStateName, number>> = {};
  for (const { state } of targets) states[state.name] = (states[state.name] ?? 0) + 1;
  return states;
}

/** Rather those that somebody should look at. */
function atMost(limit: number, targets: readonly Seen[]): readonly Seen[] {
  if (targets.length <= limit) return targets;
  const isHealthy = ({ state }: Seen): boolean => state.name === "healthy";
  return [...targets.filter((target) => !isHealthy(target)), ...targets.filter(isHealthy)].slice(0, limit);
}

function verdicts(monitor: HealthMonitor | undefined): ZoneVerdict[] {
  return [...(monitor?.verdicts() ?? [])].map(([name, { healthyCount, registeredCount, failOpen }]) => ({
    name,
    healthyCount,
    registeredCount,
    // A zone without any target has none to fail open to.
    failOpen: failOpen && registeredCount > 0,
  }));
}

function endOfDraining(
  { attributes }: TargetGroup,
  state: HealthState,
  { nowMs, timeScale }: Observed,
): { drainingEndsInSeconds?: number } {
  if (state.name !== "draining" && state.name !== "unhealthy.draining") return {};
  const { deregistrationDelaySeconds, unhealthyDrainingSeconds } = attributes;
  const seconds = state.name === "draining" ? deregistrationDelaySeconds : unhealthyDrainingSeconds;
  const leftMs = state.sinceMs + seconds * 1000 * timeScale - nowMs;
  return { drainingEndsInSeconds: Math.max(0, Math.round(leftMs) / 1000) };
}
