import type { Effect } from "../effect.ts";
import { HealthError } from "../error.ts";
import { checkThresholds, defaultThresholds, type GroupThresholds } from "../group.ts";
import { checkCount, defaultSettings, type HealthSettings, healthSettings } from "../settings.ts";
import type { Clock } from "./clock.ts";
import { type HealthCheck, type HealthCheckOptions, healthCheck } from "./health-check.ts";
import { networkProbe } from "./network-probe.ts";
import type { ProbeFunction } from "./probe.ts";
import { systemClock, systemRandom } from "./system-clock.ts";
import type { Target } from "./target.ts";

/** The settings of a target group besides its health check: those of `HealthSettings` that are AWS attributes. */
export type GroupAttributes = Pick<
  HealthSettings,
  | "connectionTerminationOnUnhealthy"
  | "drainingIntervalMs"
  | "deregistrationDelayMs"
  | "terminateOnDeregistration"
  | "passiveChecksEnabled"
>;

/** What may change while a monitor runs. What is left out stays as it is. */
export interface MonitorSettings {
  readonly healthCheck?: HealthCheckOptions;
  readonly attributes?: Partial<GroupAttributes>;
  /** `target_group_health.*`. Default: AWS's, at least one healthy target. */
  readonly thresholds?: Partial<GroupThresholds>;
  /** `load_balancing.cross_zone.enabled`, resolved. Default false. */
  readonly crossZone?: boolean;
}

/** How to make a monitor. Everything has a default. */
export interface MonitorOptions extends MonitorSettings {
  /** Whether a listener uses the group. Default true. */
  readonly inUse?: boolean;
  /** The enabled zones. Default: every zone is enabled. */
  readonly zones?: readonly string[];
  /** Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** From 0 up to 1. Default: the process's random source. */
  readonly random?: () => number;
  /** Default: real TCP, HTTP and HTTPS checks. */
  readonly probe?: ProbeFunction;
  /** Probes at once, at most. Whole, from 1, default 256. */
  readonly maxInFlight?: number;
  /** How far a probe may move from its interval, as a share of it. 0–1, default 0.05. */
  readonly jitter?: number;
  /** Told every effect, after the state has changed and before the `transition` event. */
  readonly onEffect?: (key: string, effect: Effect, target: Target) => void;
}

/** All settings, complete and checked. */
export interface ResolvedSettings {
  readonly healthCheck: HealthCheck;
  readonly machine: HealthSettings;
  readonly thresholds: GroupThresholds;
  readonly crossZone: boolean;
}

/** The parts of the options that are fixed for a monitor's life, with their defaults. */
export interface ResolvedOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly probe: ProbeFunction;
  readonly maxInFlight: number;
  readonly jitter: number;
}

/** @throws {HealthError} `HEALTH_INVALID_SETTING`. */
export function resolveOptions(options: MonitorOptions): ResolvedOptions {
  const { maxInFlight = 256, jitter = 0.05 } = options;
  checkCount("maxInFlight", maxInFlight);
  if (!(jitter >= 0 && jitter <= 1)) {
    throw new HealthError("HEALTH_INVALID_SETTING", `jitter must be from 0 to 1, but is ${jitter}`);
  }
  return {
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    probe: options.probe ?? networkProbe,
    maxInFlight,
    jitter,
  };
}

/** @throws {HealthError} `HEALTH_INVALID_SETTING`, `HEALTH_INVALID_MATCHER`, `HEALTH_INVALID_THRESHOLD`. */
export function resolveSettings(change: MonitorSettings, before?: ResolvedSettings): ResolvedSettings {
  const check = healthCheck({ ...before?.healthCheck, ...change.healthCheck });
  const machine = healthSettings({
    ...(before?.machine ?? defaultSettings),
    ...change.attributes,
    healthyThreshold: check.healthyThreshold,
    unhealthyThreshold: check.unhealthyThreshold,
    healthChecksEnabled: check.enabled,
  });
  const thresholds = { ...(before?.thresholds ?? defaultThresholds), ...change.thresholds };
  checkThresholds(thresholds);
  return { healthCheck: check, machine, thresholds, crossZone: change.crossZone ?? before?.crossZone ?? false };
}
