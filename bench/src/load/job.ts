import type { Latency } from "./latency.ts";

/** Where the load goes. */
export interface Destination {
  readonly port: number;
  /** Whether to write a PROXY header on each connection, because no proxy does. */
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
  /** How many begin at the same moment, at as many times fewer moments. Default 1. */
  readonly burst?: number;
  /** An answer that takes longer counts as none. */
  readonly answerWithinMs: number;
}

/** Opens flows, and holds them until it is told to stop. */
export interface HoldJob extends Destination {
  readonly kind: "hold";
  readonly flows: number;
  /** What each flow sends first. */
  readonly send: string;
  /** Whether to wait for the first byte back and read on. Otherwise what comes is left unread. */
  readonly reads: boolean;
}

/** Sends this many MiB to an echo, and reads them back. */
export interface EchoJob extends Destination {
  readonly kind: "echo";
  readonly mebibytes: number;
}

interface Exchange extends Destination {
  readonly request: string;
  /** The answer is complete when it ends with these bytes. */
  readonly answerEnd: string;
}

/** The results of requests or connections that were to begin at fixed times. */
export interface OpenLoopResult {
  readonly latency: Latency;
  /** How late they began: the delay that the load process itself adds. */
  readonly lateness: Latency;
  readonly answered: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** When it was to begin, in milliseconds since 1970. */
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
