import { HealthError } from "./error.ts";
import { admits, isRegistered, type TargetState } from "./state.ts";

/** The least that must be healthy. Falling below either one is enough. */
export interface HealthyMinimum {
  /** Targets, from 1, or `"off"`. */
  readonly count: number | "off";
  /** Percent of the registered targets, 1–100, or `"off"`. */
  readonly percentage: number | "off";
}

/** `target_group_health.*`. Source: NLB user guide, "Target group health". */
export interface GroupThresholds {
  /** `unhealthy_state_routing.minimum_healthy_targets`: below it, all targets get new flows. */
  readonly unhealthyStateRouting: HealthyMinimum;
  /** `dns_failover.minimum_healthy_targets`: below it, the zone's address leaves DNS. */
  readonly dnsFailover: HealthyMinimum;
}

/** AWS's defaults: one healthy target is enough for both. */
export const defaultThresholds: GroupThresholds = Object.freeze({
  unhealthyStateRouting: Object.freeze({ count: 1, percentage: "off" }),
  dnsFailover: Object.freeze({ count: 1, percentage: "off" }),
});

/** How one scope of a group stands: a zone, or all zones together. */
export interface GroupVerdict {
  /** Targets that get new flows anyway: `healthy`, and `unavailable` ones whose checks are disabled. */
  readonly healthyCount: number;
  /** Targets in use; neither `draining` nor `unused`. */
  readonly registeredCount: number;
  /** Too few are healthy: new flows go to every target in use. Also true of a scope without targets. */
  readonly failOpen: boolean;
  /** Whether the group leaves the zone's address in DNS. */
  readonly dnsHealthy: boolean;
}

/**
 * The verdicts on one scope: the targets of a zone while cross-zone load balancing is off, those of all enabled zones
 * while it is on (`evaluateZones` cuts the scopes).
 * @throws {HealthError} `HEALTH_INVALID_THRESHOLD`.
 */
export function evaluateGroup(
  states: Iterable<TargetState>,
  thresholds: GroupThresholds = defaultThresholds,
): GroupVerdict {
  checkThresholds(thresholds);
  let healthyCount = 0;
  let registeredCount = 0;
  for (const state of states) {
    if (admits(state)) healthyCount += 1;
    if (isRoutable(state, true)) registeredCount += 1;
  }
  const isBelow = ({ count, percentage }: HealthyMinimum): boolean =>
    (count !== "off" && healthyCount < count) ||
    (percentage !== "off" && (registeredCount === 0 || healthyCount * 100 < percentage * registeredCount));
  return {
    healthyCount,
    registeredCount,
    failOpen: isBelow(thresholds.unhealthyStateRouting),
    dnsHealthy: !isBelow(thresholds.dnsFailover),
  };
}

/** Whether a new flow may go to a target in this state, given its scope's `failOpen`. */
export function isRoutable(state: TargetState, failOpen: boolean): boolean {
  return admits(state) || (failOpen && isRegistered(state) && state.name !== "unused");
}

/** The zone of a target outside the load balancer's network, which every zone can reach. */
export const ALL_ZONES = "all";

/** A target's state and where it is. */
export interface GroupMember {
  readonly zone: string;
  readonly state: TargetState;
}

/** How the load balancer looks at the group. */
export interface GroupScope {
  /** The enabled zones. */
  readonly zones: readonly string[];
  /** `load_balancing.cross_zone.enabled`, resolved. */
  readonly crossZone: boolean;
}

/**
 * The verdicts that the load balancer's node in each enabled zone acts on.
 * @throws {HealthError} `HEALTH_INVALID_THRESHOLD`.
 */
export function evaluateZones(
  members: Iterable<GroupMember>,
  thresholds: GroupThresholds,
  scope: GroupScope,
): ReadonlyMap<string, GroupVerdict> {
  const all = [...members];
  const within = (zones: readonly string[]): GroupVerdict =>
    evaluateGroup(
      all.filter(({ zone }) => zone === ALL_ZONES || zones.includes(zone)).map(({ state }) => state),
      thresholds,
    );
  if (!scope.crossZone) return new Map(scope.zones.map((zone) => [zone, within([zone])]));
  const together = within(scope.zones);
  return new Map(scope.zones.map((zone) => [zone, together]));
}

/**
 * The zones whose addresses the load balancer's DNS name gives. One unhealthy group takes a zone out, however healthy the
 * others are; when no zone is left, all are given. A group without an entry for a zone does not object to it.
 */
export function zonesInDns(
  zones: readonly string[],
  groups: Iterable<ReadonlyMap<string, GroupVerdict>>,
): readonly string[] {
  const verdicts = [...groups];
  const healthy = zones.filter((zone) => verdicts.every((group) => group.get(zone)?.dnsHealthy ?? true));
  return healthy.length > 0 ? healthy : zones;
}

/** @throws {HealthError} `HEALTH_INVALID_THRESHOLD`. */
export function checkThresholds(thresholds: GroupThresholds): void {
  for (const [name, { count, percentage }] of Object.entries(thresholds) as [string, HealthyMinimum][]) {
    if (count !== "off" && !(Number.isSafeInteger(count) && count >= 1)) {
      throw new HealthError("HEALTH_INVALID_THRESHOLD", `${name}.count must be "off" or from 1, but is ${count}`);
    }
    if (percentage !== "off" && !(Number.isSafeInteger(percentage) && percentage >= 1 && percentage <= 100)) {
      throw new HealthError(
        "HEALTH_INVALID_THRESHOLD",
        `${name}.percentage must be "off" or from 1 to 100, but is ${percentage}`,
      );
    }
  }
}
