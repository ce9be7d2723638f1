import type { SocketDescriptors } from "../inherited-sockets.ts";
import type { FlowInfo } from "./flow-observer.ts";
import type { Routes } from "./routes.ts";

/** Carries flows as the current `Routes` say: the data plane of this process, or the worker processes' data planes together. */
export interface Carrier {
  /** The flows that stand now. */
  readonly flows: FlowSet;
  /** How many client addresses are counted for the limit on flows per address. */
  readonly sources: number;
  /** How many source ports flows hold on the nodes' addresses, over all targets. */
  readonly sourcePortsInUse: number;
  /** How often an observer has thrown. */
  readonly observerErrors: number;
  /** The worker processes; empty where this process carries the flows itself. */
  readonly processes: readonly CarrierProcess[];
  /** The descriptors of the listening sockets, by the key of their entry. */
  readonly listeningSockets: SocketDescriptors;

  /** The time on the clock that flows are stamped with, in milliseconds. */
  now(): number;

  /** The address and port that an entry has been bound to; undefined while it does not listen. */
  listening(key: string): { readonly address: string; readonly port: number } | undefined;

  /**
   * Replaces the snapshot. New entries begin to listen first, except where an old one that is to go is in the way: then that is closed
   * first, and opened again if the new one cannot listen. If one cannot, nothing changes at all. Flows that stand
   * are not touched.
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
   */
  apply(routes: Routes): Promise<void>;

  /** Replaces the snapshot by one with the same entries. It holds for new flows. */
  publish(routes: Routes): void;

  /** Resets the flows of one target. */
  terminate(group: string, targetKey: string, kind: "unhealthy" | "deregistered"): void;

  /** Resets the flows that a load balancer's listener has sent to a group. */
  withdraw(loadBalancer: string, listenerPort: number, group: string): void;

  /**
   * Brings the numbers of flows and processes up to date. Without it, those of worker processes lag a little behind.
   * @param options `scrape`: also take the measurements that start anew with each scrape
   */
  refresh(options: { readonly scrape: boolean }): Promise<void>;

  /** Whether observers read the source of each flow that connects, however short it is. Worker processes have to know before. */
  wantSources(areWanted: boolean): void;

  /** Stops listening, lets flows end by themselves for `drainMs`, then resets what is left. */
  close(drainMs: number): Promise<void>;
}

/** Flows that stand, in no order. */
export interface FlowSet extends Iterable<FlowInfo> {
  readonly size: number;
}

/** A worker process. */
export interface CarrierProcess {
  /** Undefined between the end of a worker and the start of its successor. */
  readonly pid: number | undefined;
  /** How many flows it carries. */
  readonly flows: number;
  /** How often a worker in this place has ended and been replaced. */
  readonly restarts: number;
  /** Undefined before the first scrape. */
  readonly numbers: ProcessNumbers | undefined;
}

/** What only a process itself can measure. */
export interface ProcessNumbers {
  /** Open file descriptors; undefined where the system does not tell. */
  readonly fdsOpen: number | undefined;
  /** How late the event loop has been since this was last asked for, by percentile. */
  readonly loopDelay: readonly { readonly percentile: string; readonly seconds: number }[];
}
