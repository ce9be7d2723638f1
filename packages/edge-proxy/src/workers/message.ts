import type { ProcessNumbers } from "../data/carrier.ts";
import type { CloseReason } from "../data/close-reason.ts";
import type { FlowState, RefusalReason } from "../data/flow-observer.ts";
import type { Place, PortRange } from "../data/source-ports.ts";
import type { FlowTimeouts } from "../data/sweep.ts";
import type { Opening, ToBorrower, ToLender } from "./quota-messages.ts";

/** What the primary process tells a worker. One that has a `call` is answered with `done`. */
export type ToWorker =
  | { readonly type: "start"; readonly settings: WorkerSettings }
  /** Comes with a listening socket; the next `apply` has its entry. */
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
  /** `scrape`: also what is measured from one scrape to the next */
  | { readonly type: "report"; readonly call: number; readonly scrape: boolean }
  | { readonly type: "close"; readonly call: number; readonly drainMs: number };

/** What a worker tells the primary process. */
export type FromWorker =
  /** The first message: it hears what it is told from now on. */
  | { readonly type: "listening" }
  | { readonly type: "done"; readonly call: number; readonly answer: WorkerAnswer }
  /** From now on reports are about flows of this snapshot, or of earlier reports. */
  | { readonly type: "applied"; readonly version: number }
  | { readonly type: "flows"; readonly report: FlowReport }
  | { readonly type: "quota"; readonly quota: QuotaName; readonly request: ToLender }
  | OfferedClient;

/** Comes with the connection of a client that somebody had no room for. */
export interface OfferedClient {
  readonly type: "client";
  /** Of the entry that it came in by. */
  readonly key: string;
  /** How many workers have no room. */
  readonly full: number;
}

/** What there is a limit on, for all workers together: flows in all, of a client address, from a node's address to a target. */
export type QuotaName = "flows" | "sources" | "targets";

/** What a worker has to know before its first snapshot. */
export interface WorkerSettings {
  /** What the clock of flows has begun at, in milliseconds of the machine's monotonic clock: workers tell times by it. */
  readonly clockOriginMs: number;
  /** Of this worker among all of them. */
  readonly place: Place;
  /** Of this worker: as its descriptors allow. */
  readonly maxFlows: number;
  /** So many clients may be on their way to other workers at one time; each holds a descriptor here. */
  readonly maxOffered: number;
  /** What it may use of the limits on all workers together. */
  readonly quotas: { readonly flows: Opening; readonly sources: Opening | undefined; readonly targets: Opening };
  /** Whether somebody wants to know the source of every flow, however short. */
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

/** What has become of a flow; it is reported once more when it ends. */
export interface FlowNews {
  /** Within the worker. */
  readonly id: number;
  /** In the first report about it. */
  readonly opened?: OpenedFlow;
  readonly connectedMs?: number;
  /** Who the target sees as its peer; in the first report that finds the flow connected and not over yet. */
  readonly source?: { readonly address: string; readonly port: number };
  readonly state: FlowState;
  readonly activeMs: number;
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  readonly headerBytes: number;
  /** In the last report about it. */
  readonly closed?: { readonly atMs: number; readonly reason: CloseReason };
}

/** What does not change about a flow. */
export interface OpenedFlow {
  /** The keys of these three in the snapshot. */
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

/** What a call has come to. */
export interface WorkerAnswer {
  /** What an `apply` was prevented by; nothing has changed then. */
  readonly failed?: readonly string[];
  /** Of a `report`. */
  readonly sourcePortsInUse?: number;
  /** Of a `report` for a scrape. */
  readonly numbers?: ProcessNumbers;
}
