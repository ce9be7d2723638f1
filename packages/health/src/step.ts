import type { Effect, TerminationCause } from "./effect.ts";
import { HealthError } from "./error.ts";
import type { FailureClass, HealthEvent, Use } from "./event.ts";
import { checkSettings, type HealthSettings } from "./settings.ts";
import { admits, initialState, isChecked, isRegistered, nextDeadline, type TargetState } from "./state.ts";

/** What one step makes of a target. */
export interface Step {
  readonly state: TargetState;
  readonly effects: readonly Effect[];
}

/**
 * Moves one target by one event: the transition table of a Network Load Balancer's target group. Pure.
 *
 * Time comes first: a deadline that `nowMs` has reached is applied before the event, so a late caller gets the same
 * states and effects as a punctual one. A deadline of zero that the event starts is applied after it.
 *
 * @param nowMs any monotonic clock, in milliseconds; the same one for all steps of a target.
 * @throws {HealthError} `HEALTH_INVALID_TIME` or `HEALTH_INVALID_SETTING` for nonsense; never for an event that does not
 * fit the state, which changes nothing.
 */
export function step(state: TargetState, event: HealthEvent, nowMs: number, settings: HealthSettings): Step {
  if (!Number.isFinite(nowMs)) throw new HealthError("HEALTH_INVALID_TIME", `nowMs must be finite, but is ${nowMs}`);
  checkSettings(settings);
  const settled = settle(state, nowMs, settings);
  const reacted = react(settled.state, event, nowMs, settings);
  const done = settle(reacted.state, nowMs, settings);
  return { state: done.state, effects: [...settled.effects, ...reacted.effects, ...done.effects] };
}

/** Applies deadlines and the master switch of health checks. */
function settle(state: TargetState, nowMs: number, settings: HealthSettings): Step {
  const deadlineMs = nextDeadline(state, settings);
  const elapsed = deadlineMs !== undefined && nowMs >= deadlineMs;
  switch (state.name) {
    case "unused":
      return stay(state);
    case "draining": {
      if (!elapsed) return stay(state);
      const closing = settings.terminateOnDeregistration ? [terminate("deregistration")] : [];
      return move(state, initialState(), ...closing, { type: "drop" });
    }
    case "unavailable":
      return settings.healthChecksEnabled ? move(state, inUse(settings)) : stay(state);
    case "unhealthy.draining": {
      if (!settings.healthChecksEnabled) return move(state, inUse(settings), { type: "cancel" });
      if (!elapsed) return stay(state);
      return move(state, unhealthy(state.successes, state.failure), terminate("draining-interval"));
    }
    default:
      return settings.healthChecksEnabled ? stay(state) : move(state, inUse(settings));
  }
}

function react(state: TargetState, event: HealthEvent, nowMs: number, settings: HealthSettings): Step {
  switch (event.type) {
    case "register":
      return register(state, event.use ?? "in-use", settings);
    case "use":
      return isRegistered(state) ? use(state, event.use, settings) : stay(state);
    case "checking":
    case "probe-inconclusive":
      return check(state);
    case "probe-ok":
      return isChecked(state, settings) ? succeed(state, settings) : stay(state);
    case "probe-failed":
      return isChecked(state, settings) ? fail(state, event.failure, nowMs, settings) : stay(state);
    case "passive-failure":
      // Only ever a shortcut on the way down: an initial target is judged by its checks, an unhealthy one recovers by them.
      return state.name === "healthy" && settings.passiveChecksEnabled
        ? fail(state, "failed", nowMs, settings)
        : stay(state);
    case "deregister":
      return isRegistered(state) ? deregister(state, nowMs) : stay(state);
    case "tick":
    case "settings-changed":
      return stay(state);
  }
}

function register(state: TargetState, toUse: Use, settings: HealthSettings): Step {
  if (isRegistered(state)) return use(state, toUse, settings);
  const next = toUse === "in-use" ? inUse(settings) : notInUse(toUse);
  return state.name === "draining" ? move(state, next, { type: "cancel" }) : move(state, next);
}

function use(state: TargetState, toUse: Use, settings: HealthSettings): Step {
  if (toUse === "in-use") return state.name === "unused" ? move(state, inUse(settings)) : stay(state);
  const next = notInUse(toUse);
  return state.name === "unhealthy.draining" ? move(state, next, { type: "cancel" }) : move(state, next);
}

function check(state: TargetState): Step {
  if (state.name !== "initial" || state.reason !== "Elb.RegistrationInProgress") return stay(state);
  return move(state, { name: "initial", reason: "Elb.InitialHealthChecking", failures: 0 });
}

function succeed(state: TargetState, settings: HealthSettings): Step {
  switch (state.name) {
    case "initial":
      // One success is enough for a new target, whatever the threshold.
      return move(state, healthy);
    case "healthy":
      return state.failures === 0 ? stay(state) : move(state, healthy);
    case "unhealthy":
    case "unhealthy.draining": {
      const successes = state.successes + 1;
      if (successes < settings.healthyThreshold) return move(state, { ...state, successes });
      return state.name === "unhealthy" ? move(state, healthy) : move(state, healthy, { type: "cancel" });
    }
    case "draining":
      return state.failed ? stay(state) : move(state, { ...state, failures: 0 });
    default:
      return stay(state);
  }
}

function fail(state: TargetState, failure: FailureClass, nowMs: number, settings: HealthSettings): Step {
  switch (state.name) {
    case "initial": {
      const failures = (state.reason === "Elb.InitialHealthChecking" ? state.failures : 0) + 1;
      if (failures < settings.unhealthyThreshold) {
        return move(state, { name: "initial", reason: "Elb.InitialHealthChecking", failures });
      }
      // Flows that reached it while the group failed open end like those of any unhealthy target.
      return move(state, unhealthy(0, failure), ...terminateOnUnhealthy("unhealthy", settings));
    }
    case "healthy": {
      const failures = state.failures + 1;
      if (failures < settings.unhealthyThreshold) return move(state, { name: "healthy", failures });
      if (!settings.connectionTerminationOnUnhealthy && settings.drainingIntervalMs > 0) {
        return move(state, { ...unhealthy(0, failure), name: "unhealthy.draining", sinceMs: nowMs });
      }
      return move(state, unhealthy(0, failure), ...terminateOnUnhealthy("unhealthy", settings));
    }
    case "unhealthy":
    case "unhealthy.draining":
      return move(state, { ...state, successes: 0, failure });
    case "draining": {
      if (state.failed) return stay(state);
      const failures = state.failures + 1;
      if (failures < settings.unhealthyThreshold) return move(state, { ...state, failures });
      const next = { name: state.name, reason: state.reason, sinceMs: state.sinceMs, failed: true } as const;
      return move(state, next, ...terminateOnUnhealthy("unhealthy-while-draining", settings));
    }
    default:
      return stay(state);
  }
}

function deregister(state: TargetState, nowMs: number): Step {
  const draining = { name: "draining", reason: "Target.DeregistrationInProgress", sinceMs: nowMs } as const;
  switch (state.name) {
    case "unhealthy":
      return move(state, { ...draining, failed: true });
    case "unhealthy.draining":
      return move(state, { ...draining, failed: true }, { type: "cancel" });
    default:
      return move(state, { ...draining, failed: false, failures: "failures" in state ? state.failures : 0 });
  }
}

const healthy: TargetState = Object.freeze({ name: "healthy", failures: 0 });

function inUse(settings: HealthSettings): TargetState {
  return settings.healthChecksEnabled
    ? { name: "initial", reason: "Elb.RegistrationInProgress" }
    : { name: "unavailable", reason: "Target.HealthCheckDisabled" };
}

function notInUse(toUse: Exclude<Use, "in-use">): TargetState {
  return { name: "unused", reason: "Target.NotInUse", missing: toUse === "group-not-in-use" ? "group" : "zone" };
}

function unhealthy(successes: number, failure: FailureClass): TargetState & { name: "unhealthy" } {
  return { name: "unhealthy", reason: "Target.FailedHealthChecks", successes, failure };
}

function terminate(cause: TerminationCause): Effect {
  return { type: "terminate", close: "rst", cause };
}

function terminateOnUnhealthy(cause: TerminationCause, settings: HealthSettings): readonly Effect[] {
  return settings.connectionTerminationOnUnhealthy ? [terminate(cause)] : [];
}

function stay(state: TargetState): Step {
  return { state, effects: [] };
}

/** A change of state, with the admission that follows from it before everything else. */
function move(from: TargetState, state: TargetState, ...effects: readonly Effect[]): Step {
  if (admits(from) === admits(state)) return { state, effects };
  return { state, effects: [{ type: admits(state) ? "admit" : "refuse" }, ...effects] };
}
