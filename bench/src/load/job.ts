import type { Latency } from "./latency.ts";

/** Where the load goes. */
export interface Destination {
  readonly port: number;
  /** Write a PROXY header in front of each connection, where no proxy would. */
  readonly withHeader: boolean;
}

/** What one load process does. */
export type Job = RequestsJob | ConnectionsJob | HoldJob | EchoJob;

/** Requests at a fixed rate over connections that stay open. */
export interface RequestsJob extends Exchange {
  readonly kind: "requests";
  readonly connections: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Connections at a fixed rate, one exchange on each. */
export interface ConnectionsJob extends Exchange {
  readonly kind: "connections";
  readonly perSecond: number;
  readonly seconds: number;
  /** So many at the same moment, and as many times fewer moments. Default 1. */
  readonly burst?: number;
  /** An answer that takes longer counts as none. */
  readonly answerWithinMs: number;
}

/** Opens flows, and holds them until it is told to stop. */
export interface HoldJob extends Destination {
  readonly kind: "hold";
  readonly flows: number;
  /** What each sends first. */
  readonly send: string;
  /** Wait for the first byte back, and read on. Otherwise what comes is left where it is. */
  readonly reads: boolean;
}

/** So many MiB to an echo, and back. */
export interface EchoJob extends Destination {
  readonly kind: "echo";
  readonly mebibytes: number;
}

interface Exchange extends Destination {
  readonly request: string;
  /** The answer is complete when it ends so. */
  readonly answerEnd: string;
}

/** What came of requests or connections that were to begin at fixed times. */
export interface OpenLoopResult {
  readonly latency: Latency;
  /** How late they were begun: what the load process itself adds. */
  readonly lateness: Latency;
  readonly answered: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** When it was to begin, in `Date.now()`'s milliseconds. */
  readonly atMs: number;
  readonly reason: string;
}

export interface HoldResult {
  /** How many of the flows were still there when it was told to stop. */
  readonly standing: number;
}

export interface EchoResult {
  readonly seconds: number;
}

export type ResultOf<J extends Job> = J extends HoldJob ? HoldResult : J extends EchoJob ? EchoResult : OpenLoopResult;
