import type { Family } from "./exposition.ts";
import type { Scrape } from "./scrape.ts";

/** Metrics of the DNS server; they have no series while it is off. */
export const dnsMetrics: readonly Family<Scrape>[] = [
  {
    name: "edge_proxy_dns_queries_total",
    type: "counter",
    help: "DNS queries that were answered, by the type that was asked for and the code of the answer.",
    labels: ["transport", "type", "rcode"],
    *collect({ dns }) {
      for (const { count, transport, type, rcode } of dns?.answered.values() ?? []) {
        yield [count, transport, type, rcode];
      }
    },
  },
  {
    name: "edge_proxy_dns_truncated_total",
    type: "counter",
    help: "DNS answers that were too long for a datagram, so that the client has to ask again over TCP.",
    labels: [],
    *collect({ dns }) {
      if (dns !== undefined) yield [dns.truncated];
    },
  },
  {
    name: "edge_proxy_dns_ignored_total",
    type: "counter",
    help: "DNS messages that got no answer, because they were responses or shorter than a header.",
    labels: ["transport"],
    *collect({ dns }) {
      if (dns === undefined) return;
      yield [dns.ignored.udp, "udp"];
      yield [dns.ignored.tcp, "tcp"];
    },
  },
  {
    name: "edge_proxy_dns_connections_refused_total",
    type: "counter",
    help: "TCP connections to the DNS server that were closed because it had as many as it takes.",
    labels: [],
    *collect({ dns }) {
      if (dns !== undefined) yield [dns.connectionsRefused];
    },
  },
];
