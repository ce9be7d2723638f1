import type { TargetHealthDescription } from "../../control/describe-target-health.ts";
import type { Model } from "../../model/model.ts";
import type { Params } from "./params.ts";
import type { Subnets } from "./subnets.ts";
import type { Shape } from "./xml.ts";

/** One call of the API. */
export interface Call {
  readonly params: Params;
  /** The current model. */
  readonly model: Model;
  /** The region that the caller's signature names; resources are made in it. */
  readonly region: string;
  readonly host: ApiHost;
}

/** What the API needs beside the model. */
export interface ApiHost {
  /** 16 random hex digits. */
  newId(): string;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** The creation time of resources that have none of their own, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** What DescribeTargetHealth answers for all targets of a group. */
  targetHealth(group: string): readonly TargetHealthDescription[];
  /** Puts a target back in service if it was drained by hand. */
  readyTarget(group: string, target: string): void;
  /** Instance id → address. */
  readonly instances: ReadonlyMap<string, string>;
  readonly subnets: Subnets;
}

export interface Answer {
  /** Default: an empty result. */
  readonly result?: Shape;
  /** The new model; set only if the call changes something. */
  readonly model?: Model;
  /** Targets that the call registers. Those that were drained by hand are put back in service. */
  readonly registered?: { readonly group: string; readonly targets: readonly string[] };
}

/** An action of the API. Pure, so that a call that fails has changed nothing. It throws `ApiError`. */
export type Action = (call: Call) => Answer;
