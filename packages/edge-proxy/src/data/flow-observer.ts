import type { CloseReason } from "./close-reason.ts";
import type { Entry, Forward, TargetRoute } from "./routes.ts";

/** Gets told what happens to flows. An observer that throws is counted, and affects no flow. */
export interface FlowObserver {
  /** A client was admitted and a target chosen. */
  flowOpened?(flow: FlowInfo): void;
  /** The target accepted. */
  flowConnected?(flow: FlowInfo): void;
  /** Both sides are closed. Called once for every flow that was opened. */
  flowClosed?(flow: FlowInfo, reason: CloseReason): void;
  /** A client was turned away. */
  flowRefused?(refusal: Refusal): void;
}

export interface FlowInfo {
  /** Counts up from 1. */
  readonly id: number;
  /** A small number that no other flow has, from `flowOpened` until `flowClosed`: for an observer's own arrays. */
  readonly place: number;
  readonly entry: Entry;
  readonly forward: Forward;
  readonly route: TargetRoute;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly state: FlowState;
  /** Times are in milliseconds on the data plane's clock. */
  readonly openedMs: number;
  /** When the target accepted; undefined until then. */
  readonly connectedMs: number | undefined;
  /** When both sides were closed; undefined before. */
  readonly closedMs: number | undefined;
  /** When a byte last moved in either direction, or the state last changed; exact to about a second. */
  readonly activeMs: number;
  /** Payload only: no PROXY header, no TCP/IP headers. */
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  /** Length of the PROXY header; 0 until one has been sent. */
  readonly headerBytes: number;
  /** The peer address that the target sees, while the flow is connected. Reading it costs a system call. */
  readonly source: { readonly address: string; readonly port: number } | undefined;
}

/**
 * - `dialing`: the target has not accepted yet
 * - `open`: the target has accepted
 * - `expired`: the idle timeout has passed; the side that sends next is reset
 * - `closing`: nothing more is carried, but at least one socket is still open
 */
export type FlowState = "dialing" | "open" | "expired" | "closing";

/**
 * - `limit`: the limit on flows is reached
 * - `source_limit`: the limit on flows of one client address is reached
 * - `dead_on_arrival`: the client had reset the connection before it was looked at
 * - `no_target`: the group has no target at all
 * - `port_allocation`: the limit on flows from this node to this target is reached; AWS's `PortAllocationErrorCount`
 * - `hairpin`: the client is the target, and its address is preserved
 */
export type RefusalReason = "limit" | "source_limit" | "dead_on_arrival" | "no_target" | "port_allocation" | "hairpin";

export interface Refusal {
  /** From the same sequence as the ids of flows. */
  readonly id: number;
  readonly entry: Entry;
  /**
   * Undefined for a client that was dead on arrival. Reading it may cost a system call, and works only during the call of
   * `flowRefused`: afterwards the socket is gone.
   */
  readonly clientAddress: string | undefined;
  readonly clientPort: number | undefined;
  readonly reason: RefusalReason;
}
