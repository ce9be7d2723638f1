import type { SocketDescriptors } from "../inherited-sockets.ts";
import type { FlowInfo } from "./flow-observer.ts";
import type { Routes } from "./routes.ts";

/** Carries flows as the current `Routes` say: the data plane of this process, or those of several worker processes together. */
export interface Carrier {
  /** Those that stand now. */
  readonly flows: FlowSet;
  /** How many client addresses are remembered, for the limit on each. */
  readonly sources: number;
  /** How many source ports flows hold on the nodes' addresses, over all targets. */
  readonly sourcePortsInUse: number;
  /** How often an observer has thrown. */
  readonly observerErrors: number;
  /** Those that carry flows beside this one; none where it does so by itself. */
  readonly processes: readonly CarrierProcess[];
  /** The sockets that listen, by name: the keys of their entries, with a number where an entry has several. */
  readonly listeningSockets: SocketDescriptors;

  /** The clock of flows, in milliseconds. */
  now(): number;

  /** Where an entry really listens, by its key. */
  listening(key: string): { readonly address: string; readonly port: number } | undefined;

  /**
   * Takes over a new snapshot. Entries that are new begin to listen first; if one of them cannot, nothing changes at all.
   * Flows that stand are not touched.
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
   */
  apply(routes: Routes): Promise<void>;

  /** Takes over a snapshot with the same entries, for new flows from now on. */
  publish(routes: Routes): void;

  /** Resets the flows of one target. */
  terminate(group: string, targetKey: string, kind: "unhealthy" | "deregistered"): void;

  /** Resets the flows that a load balancer's listener has sent to a group. */
  withdraw(loadBalancer: string, listenerPort: number, group: string): void;

  /**
   * Brings what is told about flows and processes up to date; where they are elsewhere, it is a moment behind otherwise.
   * @param options `scrape`: also what is measured from one scrape to the next
   */
  refresh(options: { readonly scrape: boolean }): Promise<void>;

  /** Stops listening, lets flows end by themselves for `drainMs`, then resets what is left. */
  close(drainMs: number): Promise<void>;
}

/** Flows that stand, the longest-standing ones first. */
export interface FlowSet extends Iterable<FlowInfo> {
  readonly size: number;
}

/** A process that carries flows for this one. */
export interface CarrierProcess {
  /** Undefined while there is none: the last one has ended, and the next one has not been started yet. */
  readonly pid: number | undefined;
  /** How many flows it carries. */
  readonly flows: number;
  /** How often it has taken the place of one that ended. */
  readonly restarts: number;
  /** Undefined before the first scrape. */
  readonly numbers: ProcessNumbers | undefined;
}

/** What a process knows of itself alone. */
export interface ProcessNumbers {
  /** Undefined where the system does not tell. */
  readonly fdsOpen: number | undefined;
  /** Seconds since it was taken last, by percentile. */
  readonly loopDelay: readonly { readonly percentile: string; readonly seconds: number }[];
}
