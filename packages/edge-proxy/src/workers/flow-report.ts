import type { CloseReason } from "../data/close-reason.ts";
import type { FlowState, RefusalReason } from "../data/flow-observer.ts";

/** What has happened in a worker since its last report. */
export interface FlowReport {
  readonly flows: readonly FlowUpdate[];
  readonly refusals: readonly ReportedRefusal[];
}

/** How a flow stands now. The last report about it is the one with `closed`. */
export interface FlowUpdate {
  /** The flow's place among those of the worker. Another flow may have it after the last report about this one. */
  readonly place: number;
  /** Only in the first report about the flow. */
  readonly opened?: OpenedFlow;
  readonly connectedMs?: number;
  /** The peer address that the target sees; in the first report that finds the flow connected and not over yet. */
  readonly source?: { readonly address: string; readonly port: number };
  readonly state: FlowState;
  readonly activeMs: number;
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  readonly headerBytes: number;
  /** Only in the last report about the flow. */
  readonly closed?: { readonly atMs: number; readonly reason: CloseReason };
}

/** What does not change during a flow. */
export interface OpenedFlow {
  /** Entry, group and target: their keys in the snapshot. */
  readonly entry: string;
  readonly group: string;
  readonly target: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly atMs: number;
}

/** A client that was turned away. */
export interface ReportedRefusal {
  readonly entry: string;
  readonly clientAddress: string | undefined;
  readonly clientPort: number | undefined;
  readonly reason: RefusalReason;
}
