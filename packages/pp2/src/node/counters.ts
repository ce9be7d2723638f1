import type { RejectReason } from "./rejection.ts";

/** Connections that came to nothing without a byte: every health check and port scan would be an entry in a log. */
export type QuietReason = "empty" | "deadOnArrival";

export function isQuiet(reason: RejectReason): reason is QuietReason {
  return reason === "empty" || reason === "deadOnArrival";
}

/** What a server has done with its connections since {@link proxyProtocol} was called. Plain numbers, never reset. */
export interface ProxyCounters {
  /** Handed to the application with a header, `local` ones included. */
  accepted: number;
  /** Of the accepted ones, those with command LOCAL: the load balancer's own health checks. */
  local: number;
  /** Handed to the application without a header, because `untrusted` is `"passthrough"`. */
  passedThrough: number;
  /** Of the accepted ones, those whose payload seems to begin with another header. */
  secondHeaders: number;
  /** Closed without a byte: TCP health checks and port scans. Not an error. */
  empty: number;
  /** Reset before they were accepted, as HAProxy's plain TCP health checks are. Not an error. */
  deadOnArrival: number;
  /** Turned away, by reason; header timeouts are `rejected.timeout`. */
  rejected: Record<Exclude<RejectReason, QuietReason>, number>;
  /** Exceptions out of `onHeader` and `onReject`. */
  callbackErrors: number;
}

export function newCounters(): ProxyCounters {
  return {
    accepted: 0,
    local: 0,
    passedThrough: 0,
    secondHeaders: 0,
    empty: 0,
    deadOnArrival: 0,
    rejected: {
      untrusted: 0,
      malformed: 0,
      truncated: 0,
      reset: 0,
      timeout: 0,
      tooManyPending: 0,
      refused: 0,
      closed: 0,
    },
    callbackErrors: 0,
  };
}
