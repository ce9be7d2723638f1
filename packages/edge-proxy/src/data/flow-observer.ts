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
  readonly state: FlowState;
  /** On the data plane's clock, as all times here. */
  readonly openedMs: number;
  /** When the target accepted; undefined before, and for a flow whose target never did. */
  readonly connectedMs: number | undefined;
  /** When both sides were closed; undefined before. */
  readonly closedMs: number | undefined;
  /** When a byte last moved in either direction, or the state last changed; exact to about a second. */
  readonly activeMs: number;
  /** Payload only: no PROXY header, no TCP/IP headers. */
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  /** Of the PROXY header; 0 as long as none has been sent. */
  readonly headerBytes: number;
  /** Who the target sees as its peer, while the flow is connected. Asking costs a system call. */
  readonly source: { readonly address: string; readonly port: number } | undefined;
}

/**
 * - `dialing`: the target has not accepted yet
 * - `open`: it has
 * - `expired`: the idle timeout is over; whoever sends next is reset
 * - `closing`: nothing more is carried, but not both sockets are closed
 */
export type FlowState = "dialing" | "open" | "expired" | "closing";

/**
 * - `limit`: as many flows as there may be
 * - `source_limit`: as many flows as one client address may have
 * - `dead_on_arrival`: the client had reset the connection before it was looked at
 * - `no_target`: the group has no target at all
 * - `port_allocation`: as many flows as there may be from this node to this target; AWS's `PortAllocationErrorCount`
 * - `hairpin`: the client is the target, and its address is preserved
 */
export type RefusalReason = "limit" | "source_limit" | "dead_on_arrival" | "no_target" | "port_allocation" | "hairpin";

export interface Refusal {
  /** From the same count as the flows' ids. */
  readonly id: number;
  readonly entry: Entry;
  /**
   * Undefined for a client that is dead on arrival. Asking may cost a system call, and has to be done while the observer is
   * being told: afterwards the socket is gone.
   */
  readonly clientAddress: string | undefined;
  readonly clientPort: number | undefined;
  readonly reason: RefusalReason;
}
