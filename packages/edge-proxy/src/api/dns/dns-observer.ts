import type { Rcode } from "./query.ts";

/** What happens on the DNS server; every call is optional. Whoever implements it does not throw. */
export interface DnsObserver {
  /** A query has its answer; whether that reaches anybody is not known. */
  queryAnswered?(query: AnsweredQuery): void;
  /** A message gets no answer: it is a response, or shorter than a header. */
  messageIgnored?(transport: DnsTransport): void;
  /** A TCP connection beyond the limit was closed at once. */
  connectionRefused?(): void;
}

export type DnsTransport = "udp" | "tcp";

export interface AnsweredQuery {
  readonly transport: DnsTransport;
  /** Such as `AAAA`, or `UNKNOWN_65`; undefined where the question could not be read. */
  readonly type: string | undefined;
  readonly rcode: Rcode;
  /** The answer was too long for a datagram that the client takes: it has the flag TC and no records. */
  readonly isTruncated: boolean;
}
