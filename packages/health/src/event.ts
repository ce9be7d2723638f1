/** What a failed check saw. An NLB reports one reason for all three; the class is for people who look for the cause. */
export type FailureClass = "timeout" | "code-mismatch" | "failed";

/** Whether traffic could reach the target: AWS's two descriptions of `Target.NotInUse`, or in use. */
export type Use = "in-use" | "group-not-in-use" | "zone-not-enabled";

/** What can happen to a target. */
export type HealthEvent =
  /** RegisterTargets. Also takes a draining target back. `use` is how the group stands now; default `"in-use"`. */
  | { readonly type: "register"; readonly use?: Use }
  /** The group was added to or removed from a listener, or the target's zone was enabled or disabled. */
  | { readonly type: "use"; readonly use: Use }
  /** A check of the target has begun: `Elb.RegistrationInProgress` becomes `Elb.InitialHealthChecking`. */
  | { readonly type: "checking" }
  | { readonly type: "probe-ok" }
  | { readonly type: "probe-failed"; readonly failure: FailureClass }
  /** A check that says nothing about the target, for example because our own event loop was late. Counts stay. */
  | { readonly type: "probe-inconclusive" }
  /** Live traffic failed (connection refused, reset). Counts as one failure of a healthy target, never for an unhealthy one. */
  | { readonly type: "passive-failure" }
  /** DeregisterTargets. */
  | { readonly type: "deregister" }
  /** Nothing but time has passed. */
  | { readonly type: "tick" }
  /** The settings given with this step differ from the last. Counts stay; deadlines and disabled checks apply at once. */
  | { readonly type: "settings-changed" };
