import { HealthError } from "./error.ts";

/**
 * What the state machine needs to know of a target group: AWS's names in camelCase, durations in milliseconds.
 * AWS's ranges are not enforced here, so that a test bench can run a hundred times faster; nonsense is.
 *
 * Source: NLB user guide, "Health checks for Network Load Balancer target groups" and "Edit target group attributes".
 */
export interface HealthSettings {
  /** Consecutive successes that bring an unhealthy target back. Whole, at least 1; AWS: 2–10, default 5. */
  readonly healthyThreshold: number;
  /** Consecutive failures that take a target down. Whole, at least 1; AWS: 2–10, default 2. */
  readonly unhealthyThreshold: number;
  /** `target_health_state.unhealthy.connection_termination.enabled`. Default true. */
  readonly connectionTerminationOnUnhealthy: boolean;
  /**
   * `target_health_state.unhealthy.draining_interval_seconds`, in ms. Default 0: no `unhealthy.draining` at all.
   * Without effect while `connectionTerminationOnUnhealthy` is true.
   */
  readonly drainingIntervalMs: number;
  /** `deregistration_delay.timeout_seconds`, in ms. Default 300 000. 0: the target is gone at once. */
  readonly deregistrationDelayMs: number;
  /** `deregistration_delay.connection_termination.enabled`. Default false. */
  readonly terminateOnDeregistration: boolean;
  /** `HealthCheckEnabled`. Default true. False: every target in use is `unavailable` and admitted. */
  readonly healthChecksEnabled: boolean;
  /** Whether passive failures count. Default true, as on an NLB; an NLB switches them off with stickiness. */
  readonly passiveChecksEnabled: boolean;
}

/** What AWS gives a TCP target group of a Network Load Balancer. */
export const defaultSettings: HealthSettings = Object.freeze({
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  connectionTerminationOnUnhealthy: true,
  drainingIntervalMs: 0,
  deregistrationDelayMs: 300_000,
  terminateOnDeregistration: false,
  healthChecksEnabled: true,
  passiveChecksEnabled: true,
});

/**
 * The defaults with some values replaced, checked.
 * @throws {HealthError} `HEALTH_INVALID_SETTING` for NaN, infinite or negative durations and thresholds below 1.
 */
export function healthSettings(overrides: Partial<HealthSettings> = {}): HealthSettings {
  const settings = { ...defaultSettings, ...overrides };
  checkSettings(settings);
  return Object.freeze(settings);
}

/** @throws {HealthError} `HEALTH_INVALID_SETTING`. */
export function checkSettings(settings: HealthSettings): void {
  checkCount("healthyThreshold", settings.healthyThreshold);
  checkCount("unhealthyThreshold", settings.unhealthyThreshold);
  checkDuration("drainingIntervalMs", settings.drainingIntervalMs);
  checkDuration("deregistrationDelayMs", settings.deregistrationDelayMs);
}

/** A whole number from 1. */
export function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new HealthError("HEALTH_INVALID_SETTING", `${name} must be a whole number from 1, but is ${value}`);
  }
}

/** A finite number of milliseconds from `minimumMs`. */
export function checkDuration(name: string, value: number, minimumMs = 0): void {
  if (!Number.isFinite(value) || value < minimumMs) {
    throw new HealthError("HEALTH_INVALID_SETTING", `${name} must be at least ${minimumMs} ms, but is ${value}`);
  }
}
