import type { FailureClass } from "./event.ts";
import type { HealthSettings } from "./settings.ts";

/**
 * Where one target of a group stands. Names and reasons are AWS's (API reference, `TargetHealth`); each member holds what
 * that state needs and nothing more, so a healthy target with a draining deadline cannot be written down.
 *
 * All times are the `nowMs` of the step that entered the state; deadlines follow from them and the settings
 * (`nextDeadline`), so a changed setting moves a deadline that is already running.
 */
export type TargetState =
  /** Not in the group: never registered, or its deregistration is over. */
  | { readonly name: "unused"; readonly reason: "Target.NotRegistered" }
  /** Registered, but no listener uses the group, or the target's zone is not enabled. */
  | { readonly name: "unused"; readonly reason: "Target.NotInUse"; readonly missing: "group" | "zone" }
  /** In use; no check has begun. */
  | { readonly name: "initial"; readonly reason: "Elb.RegistrationInProgress" }
  /** Being checked, without a verdict yet. `failures`: consecutive, below the unhealthy threshold. */
  | { readonly name: "initial"; readonly reason: "Elb.InitialHealthChecking"; readonly failures: number }
  /** Gets new flows. `failures`: consecutive, below the unhealthy threshold. */
  | { readonly name: "healthy"; readonly failures: number }
  /** Gets no new flows. `successes`: consecutive; `failure`: what the last failed check saw. */
  | {
      readonly name: "unhealthy";
      readonly reason: "Target.FailedHealthChecks";
      readonly successes: number;
      readonly failure: FailureClass;
    }
  /** Gets no new flows, keeps established ones until the draining interval ends. */
  | {
      readonly name: "unhealthy.draining";
      readonly reason: "Target.FailedHealthChecks";
      readonly sinceMs: number;
      readonly successes: number;
      readonly failure: FailureClass;
    }
  /** Deregistered, not yet known to have failed. `failures`: consecutive. */
  | {
      readonly name: "draining";
      readonly reason: "Target.DeregistrationInProgress";
      readonly sinceMs: number;
      readonly failed: false;
      readonly failures: number;
    }
  /** Deregistered while unhealthy, or failed since. */
  | {
      readonly name: "draining";
      readonly reason: "Target.DeregistrationInProgress";
      readonly sinceMs: number;
      readonly failed: true;
    }
  /** In use with health checks disabled; gets new flows. */
  | { readonly name: "unavailable"; readonly reason: "Target.HealthCheckDisabled" };

/** The seven states of AWS. */
export type TargetStateName = TargetState["name"];

/** A target that nobody has registered: where every life begins, and where deregistration ends. */
export function initialState(): TargetState {
  return notRegistered;
}

const notRegistered: TargetState = Object.freeze({ name: "unused", reason: "Target.NotRegistered" });

/** Whether new flows go to a target in this state while the group does not fail open. */
export function admits(state: TargetState): boolean {
  return state.name === "healthy" || state.name === "unavailable";
}

/** Whether the target belongs to its group: registered, and not on its way out. */
export function isRegistered(state: TargetState): boolean {
  return state.name !== "draining" && !(state.name === "unused" && state.reason === "Target.NotRegistered");
}

/** Whether probes of this target mean something. A deregistered target is checked until it fails. */
export function isChecked(state: TargetState, settings: HealthSettings): boolean {
  switch (state.name) {
    case "unused":
    case "unavailable":
      return false;
    case "draining":
      return settings.healthChecksEnabled && !state.failed;
    default:
      return true;
  }
}

/**
 * When the target must be stepped next although nothing happens to it: the end of its draining interval or of its
 * deregistration delay, on the clock of `nowMs`. `undefined`: no deadline runs.
 */
export function nextDeadline(state: TargetState, settings: HealthSettings): number | undefined {
  switch (state.name) {
    case "unhealthy.draining":
      // A group that terminates on unhealthy has no draining interval, whatever number is stored.
      return state.sinceMs + (settings.connectionTerminationOnUnhealthy ? 0 : settings.drainingIntervalMs);
    case "draining":
      return state.sinceMs + settings.deregistrationDelayMs;
    default:
      return undefined;
  }
}
