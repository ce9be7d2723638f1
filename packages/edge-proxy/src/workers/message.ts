import type { ProcessNumbers } from "../data/carrier.ts";
import type { CloseReason } from "../data/close-reason.ts";
import type { FlowState, RefusalReason } from "../data/flow-observer.ts";
import type { Place, PortRange } from "../data/source-ports.ts";
import type { FlowTimeouts } from "../data/sweep.ts";
import type { Opening, ToBorrower, ToLender } from "./quota-messages.ts";

/** What the primary process tells a worker. A message with a `call` is answered with `done`. */
export type ToWorker =
  | { readonly type: "start"; readonly settings: WorkerSettings }
  /** Carries a socket to listen with; the next `apply` has its entry. */
  | { readonly type: "socket"; readonly key: string }
  | { readonly type: "apply"; readonly call: number; readonly version: number; readonly bytes: Uint8Array }
  | { readonly type: "publish"; readonly version: number; readonly bytes: Uint8Array }
  | {
      readonly type: "terminate";
      readonly group: string;
      readonly target: string;
      readonly kind: "unhealthy" | "deregistered";
    }
  | {
      readonly type: "withdraw";
      readonly loadBalancer: string;
      readonly listenerPort: number;
      readonly group: string;
    }
  | { readonly type: "quota"; readonly quota: QuotaName; readonly answer: ToBorrower }
  | OfferedClient
  /** `scrape`: also take the measurements that start anew with each scrape. */
  | { readonly type: "report"; readonly call: number; readonly scrape: boolean }
  | { readonly type: "close"; readonly call: number; readonly drainMs: number };

/** What a worker tells the primary process. */
export type FromWorker =
  /** The first message: from now on the worker hears what it is told. */
  | { readonly type: "listening" }
  | { readonly type: "done"; readonly call: number; readonly answer: WorkerAnswer }
  /** From now on, flows that are reported for the first time were routed by this snapshot or a later one. */
  | { readonly type: "applied"; readonly version: number }
  | { readonly type: "flows"; readonly report: FlowReport }
  | { readonly type: "quota"; readonly quota: QuotaName; readonly request: ToLender }
  | OfferedClient;

/** Carries the connection of a client that a process had no room for. */
export interface OfferedClient {
  readonly type: "client";
  /** The key of the entry that the client came in by. */
  readonly key: string;
  /** How many workers have had no room for it. */
  readonly full: number;
}

/** The limits on all workers together: on flows in all, of each client address, and from each node's address to each target. */
export type QuotaName = "flows" | "sources" | "targets";

/** What a worker needs to know before its first snapshot. */
export interface WorkerSettings {
  /** The origin of the primary process's clock, in milliseconds on the machine's monotonic clock: reports use that clock. */
  readonly clockOriginMs: number;
  /** The place of this worker among all of them. */
  readonly place: Place;
  /** How many flows this worker can carry, by its descriptors. */
  readonly maxFlows: number;
  /** How many clients may be on their way to other workers at one time. Each holds a descriptor here. */
  readonly maxOffered: number;
  /** What it may use of the limits on all workers together. */
  readonly quotas: { readonly flows: Opening; readonly sources: Opening | undefined; readonly targets: Opening };
  /** Whether an observer wants to know the source of every flow, however short. */
  readonly wantsSources: boolean;
  readonly kernelPorts: PortRange;
  readonly timeouts: FlowTimeouts;
  readonly sweepMs: number;
}

/** What has happened in a worker since its last report. */
export interface FlowReport {
  readonly flows: readonly FlowNews[];
  readonly refusals: readonly RefusalNews[];
}

/** How a flow stands now. The last report about it is the one with `closed`. */
export interface FlowNews {
  /** Unique within the worker. */
  readonly id: number;
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
export interface RefusalNews {
  readonly entry: string;
  readonly clientAddress: string | undefined;
  readonly clientPort: number | undefined;
  readonly reason: RefusalReason;
}

/** The outcome of a call. */
export interface WorkerAnswer {
  /** Why an `apply` has failed; nothing has changed then. */
  readonly failed?: readonly string[];
  /** In the answer to `report` and `close`. */
  readonly sourcePortsInUse?: number;
  /** In the answer to a `report` for a scrape. */
  readonly numbers?: ProcessNumbers;
}
