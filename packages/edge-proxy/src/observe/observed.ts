import type { HealthMonitor } from "@edgekit/health/monitor";
import type { Limits } from "../control/limits.ts";
import type { FlowInfo } from "../data/flow-observer.ts";
import type { Model } from "../model/model.ts";

/** What is read from the running stand-in when somebody asks for numbers. */
export interface Observed {
  /** Those that stand now. */
  readonly flows: Iterable<FlowInfo>;
  readonly model: Model;
  monitor(group: string): HealthMonitor | undefined;
  readonly limits: Limits;
  readonly config: ConfigStatus;
  /** Client addresses that are counted for the limit on each. */
  readonly sources: number;
  readonly observerErrors: number;
  readonly logLinesDropped: number;
}

/** How the last attempt to apply a config went. */
export interface ConfigStatus {
  readonly succeeded: boolean;
  /** Seconds since 1970 of the last one that did; 0 before the first. */
  readonly appliedAtSeconds: number;
}
