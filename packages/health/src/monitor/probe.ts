import type { FailureClass } from "../event.ts";
import type { HealthCheck } from "./health-check.ts";
import type { Target } from "./target.ts";

/** One check of one target. */
export interface ProbeRequest {
  readonly target: Target;
  /** Where to connect to. */
  readonly address: string;
  readonly port: number;
  readonly check: HealthCheck;
  /** Aborted at the timeout and when the monitor closes; the probe then lets go of everything and settles soon. */
  readonly signal: AbortSignal;
}

/** What a check found. `detail` is for people. */
export type ProbeResult =
  | { readonly outcome: "ok"; readonly detail?: string }
  | {
      readonly outcome: "failed";
      readonly failure: FailureClass;
      readonly detail: string;
      /** The target itself answered so (a refusal, a wrong status); our own lateness cannot have caused it. */
      readonly certain?: boolean;
    }
  /** Says nothing about the target: the cause is on our side. */
  | { readonly outcome: "inconclusive"; readonly detail: string };

/**
 * Checks a target. The monitor keeps the time: it aborts the signal at the timeout and decides what that means. A throw or
 * rejection is a failure. A result that needs no waiting may be given without a promise.
 */
export type ProbeFunction = (request: ProbeRequest) => ProbeResult | Promise<ProbeResult>;
