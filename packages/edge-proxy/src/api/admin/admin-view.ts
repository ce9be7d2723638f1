import type { QuestionText } from "../../control/explain-question.ts";
import type { FlowList, FlowQuery } from "../../observe/flow-list.ts";
import type { FlowLogFilter } from "../../observe/flow-log-filter.ts";
import type { LineDestination } from "../../observe/line-writer.ts";
import type { Readiness } from "../../observe/observed.ts";
import type { StateInParts } from "../../observe/state.ts";
import type { TargetState } from "../../observe/target-group-state.ts";
import type { ApiRequest, ApiResponse } from "../elbv2/elbv2-api.ts";

/** What the admin server shows, and what can be done through it. A path whose function is left out does not exist. */
export interface AdminView {
  /** Brings what the methods below show up to date. */
  refresh(): Promise<void>;
  readiness(): Readiness;
  /** The answer of `/api/state`. @param targetLimit at most this many targets of each group; undefined: all */
  state(targetLimit?: number): StateInParts;
  /** One target of the config as it is in `/api/state`. */
  targetState(targetGroup: string, target: string): TargetState | undefined;
  /** The answer of `/api/flows`. */
  flows(query: FlowQuery): FlowList;
  /** Sends the lines of the flow log from now on that fit. @returns ends it, with the last lines */
  followFlowLog(filter: FlowLogFilter, destination: LineDestination): () => Promise<void>;
  /** Prometheus's text format, version 0.0.4. */
  metrics(): Promise<string>;
  /** The answer of `/api/metrics/cloudwatch`. */
  cloudWatch(): unknown;
  /** This and the next two throw a RangeError when there is no such target. */
  drain(targetGroup: string, target: string): void;
  ready(targetGroup: string, target: string): void;
  forceHealth(targetGroup: string, target: string, result: "healthy" | "unhealthy" | undefined): void;
  /**
   * Where a flow would go and why; `problem` says what is wrong with the question.
   * @throws RangeError when nothing listens there
   */
  explain?(question: QuestionText): object | { readonly problem: string };
  /** Reads the config again. @returns what has changed @throws EdgeProxyError; nothing has changed then */
  reload?(): Promise<unknown>;
  /** Begins to shut down. @param drainSeconds how long flows may go on */
  shutdown?(drainSeconds: number): void;
  /** The ELBv2 API of AWS. */
  elbv2?(request: ApiRequest): Promise<ApiResponse>;
}
