import type { CloseReason } from "./close-reason.ts";
import type { Entry, Forward, TargetRoute } from "./routes.ts";

/** Who wants to know what happens to flows. What an observer throws is counted and changes no flow. */
export interface FlowObserver {
  /** A client was admitted and a target chosen. */
  flowOpened?(flow: FlowInfo): void;
  /** The target accepted. */
  flowConnected?(flow: FlowInfo): void;
  /** Both sides are closed. Comes once for each flow that was opened. */
  flowClosed?(flow: FlowInfo, reason: CloseReason): void;
  /** A client was turned away. */
  flowRefused?(refusal: Refusal): void;
}

export interface FlowInfo {
  /** Counts up from 1. */
  readonly id: number;
  readonly entry: Entry;
  readonly forward: Forward;
  readonly route: TargetRoute;
  readonly clientAddress: string;
  readonly clientPort: number;
  /** On the data plane's clock. */
  readonly openedMs: number;
  /** Payload only: no PROXY header, no TCP/IP headers. */
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
}

/**
 * - `limit`: as many flows as there may be
 * - `dead_on_arrival`: the client had reset the connection before it was looked at
 * - `no_target`: the group has no target at all
 */
export type RefusalReason = "limit" | "dead_on_arrival" | "no_target";

export interface Refusal {
  readonly entry: Entry;
  readonly reason: RefusalReason;
}
