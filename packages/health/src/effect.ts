/** Why established flows are terminated. The row is that of the transition table in the README. */
export type TerminationCause =
  /** The target became unhealthy, and the group terminates then (rows 4, 5). */
  | "unhealthy"
  /** The draining interval of an unhealthy target is over (row 9). */
  | "draining-interval"
  /** A deregistered target became unhealthy before its delay was over (row 15). */
  | "unhealthy-while-draining"
  /** The deregistration delay is over, and the group terminates then (row 14). */
  | "deregistration";

/**
 * What the data plane must do now. Effects come in the order in which they apply, and only when something changes: a target
 * that was refused new flows before is not refused them again.
 */
export type Effect =
  /** New flows may go to this target. */
  | { readonly type: "admit" }
  /** No new flow may go to this target, unless the group fails open. */
  | { readonly type: "refuse" }
  /** End every established flow of this target with a TCP reset. */
  | { readonly type: "terminate"; readonly close: "rst"; readonly cause: TerminationCause }
  /** The deadline that was running is void: established flows stay. */
  | { readonly type: "cancel" }
  /** Forget the target. Flows that are still open live on until they end by themselves. */
  | { readonly type: "drop" };

/**
 * What is left of `effects` while the target's group fails open: an NLB that sends traffic to unhealthy targets does not
 * reset their flows for being unhealthy (row 17). Deregistration is unaffected.
 */
export function effectsInFailOpen(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter((effect) => effect.type !== "terminate" || !isHeldBack(effect.cause));
}

function isHeldBack(cause: TerminationCause): boolean {
  return cause === "unhealthy" || cause === "draining-interval";
}
