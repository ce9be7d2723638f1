import type { TargetHealthDescription } from "../../control/describe-target-health.ts";
import type { Model } from "../../model/model.ts";
import type { Params } from "./params.ts";
import type { Subnets } from "./subnets.ts";
import type { Shape } from "./xml.ts";

/** One call of the API. */
export interface Call {
  readonly params: Params;
  /** As it stands now. */
  readonly model: Model;
  /** Of what is made: the one that the caller's signature names. */
  readonly region: string;
  readonly host: ApiHost;
}

/** What the API needs to know beside the model. */
export interface ApiHost {
  /** 16 random hex digits. */
  newId(): string;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** When what has no creation time of its own came to be. */
  readonly startedAtMs: number;
  /** What DescribeTargetHealth answers for all targets of a group. */
  targetHealth(group: string): readonly TargetHealthDescription[];
  /** Takes back that a target was drained by hand. */
  readyTarget(group: string, target: string): void;
  /** Instance id → address. */
  readonly instances: ReadonlyMap<string, string>;
  readonly subnets: Subnets;
}

export interface Answer {
  /** Default: an empty result. */
  readonly result?: Shape;
  /** Set where the call changes something. */
  readonly model?: Model;
  /** Targets that the call registers: one that was drained by hand gets flows again. */
  readonly registered?: { readonly group: string; readonly targets: readonly string[] };
}

/** An action of the API: pure, so that a call which fails has changed nothing. It throws `ApiError`. */
export type Action = (call: Call) => Answer;
