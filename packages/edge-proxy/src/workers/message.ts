import type { ProcessNumbers } from "../data/carrier.ts";
import type { Place, PortRange } from "../data/source-ports.ts";
import type { FlowTimeouts } from "../data/sweep.ts";
import type { FlowReport } from "./flow-report.ts";
import type { InitialLeases, ToBorrower, ToLender } from "./quota-messages.ts";

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
  /** Changes the setting of the same name. */
  | { readonly type: "sources"; readonly wantsSources: boolean }
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
  readonly quotas: {
    readonly flows: InitialLeases;
    readonly sources: InitialLeases | undefined;
    readonly targets: InitialLeases;
  };
  /** Whether an observer wants to know the source of every flow, however short. */
  readonly wantsSources: boolean;
  readonly kernelPorts: PortRange;
  readonly timeouts: FlowTimeouts;
  readonly sweepMs: number;
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
