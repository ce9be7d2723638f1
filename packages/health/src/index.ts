/**
 * Target health as a Network Load Balancer does it: a pure state machine. It opens no socket and reads no clock; the
 * monitor that does is `@edgekit/health/monitor`.
 *
 * @example
 * ```ts
 * import { describeTargetHealth, healthSettings, initialState, step } from "@edgekit/health";
 *
 * const settings = healthSettings({ connectionTerminationOnUnhealthy: false, drainingIntervalMs: 60_000 });
 * let { state } = step(initialState(), { type: "register" }, 0, settings);
 * ({ state } = step(state, { type: "probe-ok" }, 1_000, settings)); // healthy: one success is enough for a new target
 * ({ state } = step(state, { type: "probe-failed", failure: "timeout" }, 31_000, settings));
 * const { state: next, effects } = step(state, { type: "probe-failed", failure: "timeout" }, 61_000, settings);
 * describeTargetHealth(next); // { State: "unhealthy.draining", Reason: "Target.FailedHealthChecks", … }
 * effects; // [{ type: "refuse" }]: no new flows; established ones are kept until nextDeadline(next, settings) = 121 000
 * ```
 *
 * @module
 */

export { describeTargetHealth, type TargetHealth } from "./describe.ts";
export { type Effect, effectsInFailOpen, type TerminationCause } from "./effect.ts";
export { HealthError, type HealthErrorCode } from "./error.ts";
export type { FailureClass, HealthEvent, Use } from "./event.ts";
export {
  ALL_ZONES,
  defaultThresholds,
  evaluateGroup,
  evaluateZones,
  type GroupMember,
  type GroupScope,
  type GroupThresholds,
  type GroupVerdict,
  type HealthyMinimum,
  isRoutable,
  zonesInDns,
} from "./group.ts";
export { defaultSettings, type HealthSettings, healthSettings } from "./settings.ts";
export {
  admits,
  initialState,
  isChecked,
  isRegistered,
  nextDeadline,
  type TargetState,
  type TargetStateName,
} from "./state.ts";
export { type Step, step } from "./step.ts";
