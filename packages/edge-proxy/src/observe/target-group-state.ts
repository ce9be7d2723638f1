import { describeTargetHealth, initialState, type TargetStateName } from "@edgekit/health";
import type { HealthMonitor, TargetDescription } from "@edgekit/health/monitor";
import { describeTarget, type TargetHealthDescription } from "../control/describe-target-health.ts";
import type { HealthCheck } from "../model/health-check.ts";
import { userOf } from "../model/model.ts";
import { type Target, type TargetGroup, targetKey } from "../model/target-group.ts";
import type { TargetGroupAttributes } from "../model/target-group-attributes.ts";
import type { FlowTally } from "./flow-tally.ts";
import type { Observed } from "./observed.ts";
import type { LastCheck, TargetHistory } from "./target-history.ts";
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

/**
 * What `/api/state` says of a target group.
 * @param limit as many targets as there may be in the answer
 */
export function targetGroupState(
  group: TargetGroup,
  observed: Observed,
  history: TargetHistory,
  totals: ReadonlyMap<string, TargetTotals>,
  limit: number,
): TargetGroupState {
  const monitor = observed.monitor(group.name);
  const watched = new Map(monitor?.describe().map((target) => [target.key, target]));
  const configured = group.targets.map((target) => watched.get(targetKey(target)) ?? notWatched(target));
  const known = new Set(configured.map(({ key }) => key));
  const all = [...configured, ...[...watched.values()].filter(({ key }) => !known.has(key))];
  return {
    name: group.name,
    loadBalancer: userOf(group, observed.model)?.name ?? null,
    healthCheck: group.healthCheck,
    attributes: group.attributes,
    zones: verdicts(monitor),
    states: countStates(all),
    targets: atMost(limit, all).map((description) => {
      const flows = totals.get(`${group.name} ${description.key}`) ?? noTotals;
      return stateOfTarget(group, description, known.has(description.key), observed, history, flows);
    }),
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
  const health = describeTargetHealth(observed.monitor(groupName)?.state(key) ?? initialState());
  const flows = totalsOfTarget(groupName, key, tally, observed.flows);
  return stateOfTarget(group, { key, target, health }, true, observed, history, flows);
}

function stateOfTarget(
  group: TargetGroup,
  description: Pick<TargetDescription, "key" | "target" | "health">,
  isConfigured: boolean,
  observed: Observed,
  history: TargetHistory,
  flows: TargetTotals,
): TargetState {
  const { key, target } = description;
  return {
    ...describeTarget(group, description),
    key,
    address: target.address ?? target.id,
    isConfigured,
    ...endOfDraining(group, key, observed),
    ...history.of(group.name, key),
    flows,
    byHand: byHand(group.name, key, observed),
  };
}

function countStates(targets: readonly TargetDescription[]): TargetGroupState["states"] {
  const states: Partial<Record<TargetStateName, number>> = {};
  for (const { health } of targets) states[health.State] = (states[health.State] ?? 0) + 1;
  return states;
}

/** Rather those that somebody should look at. */
function atMost(limit: number, targets: readonly TargetDescription[]): readonly TargetDescription[] {
  if (targets.length <= limit) return targets;
  const isHealthy = ({ health }: TargetDescription): boolean => health.State === "healthy";
  return [...targets.filter((target) => !isHealthy(target)), ...targets.filter(isHealthy)].slice(0, limit);
}

/** A target that was drained by hand, after its deregistration delay: as AWS answers for one that is not registered. */
function notWatched(target: Target): TargetDescription {
  return { key: targetKey(target), target, health: describeTargetHealth(initialState()), lastProbe: undefined };
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

function endOfDraining(group: TargetGroup, key: string, observed: Observed): { drainingEndsInSeconds?: number } {
  const state = observed.monitor(group.name)?.state(key);
  if (state?.name !== "draining" && state?.name !== "unhealthy.draining") return {};
  const { deregistrationDelaySeconds, unhealthyDrainingSeconds } = group.attributes;
  const seconds = state.name === "draining" ? deregistrationDelaySeconds : unhealthyDrainingSeconds;
  const leftMs = state.sinceMs + seconds * 1000 * observed.timeScale - observed.nowMs;
  return { drainingEndsInSeconds: Math.max(0, Math.round(leftMs) / 1000) };
}

function byHand(group: string, key: string, observed: Observed): TargetState["byHand"] {
  const { drained, forced } = observed.byHand(group, key);
  const words = { pass: "healthy", fail: "unhealthy" } as const;
  return { drained, forced: forced === undefined ? null : words[forced] };
}
