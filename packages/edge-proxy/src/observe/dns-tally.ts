import type { AnsweredQuery, DnsObserver, DnsTransport } from "../api/dns/dns-observer.ts";

/** Of those that clients and resolvers ask for; anybody can ask for 65,536 of them, which would be as many series. */
const namedTypes = ["A", "AAAA", "ANY", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"];
/** The library knows no name for these. */
const unnamedTypes: Readonly<Record<string, string>> = { UNKNOWN_64: "SVCB", UNKNOWN_65: "HTTPS" };

/** Adds up DNS queries, in plain numbers. */
export class DnsTally implements DnsObserver {
  /** By transport, type and rcode. */
  readonly answered: Map<string, AnsweredCount> = new Map();
  readonly ignored: Record<DnsTransport, number> = { udp: 0, tcp: 0 };
  truncated = 0;
  connectionsRefused = 0;

  queryAnswered({ transport, type = "", rcode, isTruncated }: AnsweredQuery): void {
    const label = unnamedTypes[type] ?? (namedTypes.includes(type) ? type : "other");
    const key = `${transport} ${label} ${rcode}`;
    const known = this.answered.get(key) ?? { transport, type: label, rcode, count: 0 };
    this.answered.set(key, known);
    known.count++;
    if (isTruncated) this.truncated++;
  }

  messageIgnored(transport: DnsTransport): void {
    this.ignored[transport]++;
  }

  connectionRefused(): void {
    this.connectionsRefused++;
  }
}

interface AnsweredCount {
  readonly transport: DnsTransport;
  /** `other` for rare types, and where the question could not be read. */
  readonly type: string;
  readonly rcode: string;
  count: number;
}
