import { countFlows } from "./counters.ts";
import type { Family } from "./exposition.ts";
import { listenerName } from "./flow-tally.ts";
import type { Scrape } from "./scrape.ts";

const toTarget = ["listener", "target_group", "target"] as const;

/** Metrics of flows. Opened is always closed plus active. */
export const flowMetrics: readonly Family<Scrape>[] = [
  {
    name: "edge_proxy_flows_opened_total",
    type: "counter",
    help: "Flows that were admitted and given a target.",
    labels: toTarget,
    *collect({ targets }) {
      for (const { listener, group, target, opened } of targets) yield [opened, listener, group, target];
    },
  },
  {
    name: "edge_proxy_flows_active",
    type: "gauge",
    help: "Flows that stand now, those that still wait for their target to accept included.",
    labels: toTarget,
    *collect({ targets }) {
      for (const { listener, group, target, active } of targets) yield [active, listener, group, target];
    },
  },
  {
    name: "edge_proxy_flows_closed_total",
    type: "counter",
    help: "Flows that have ended, by who began it (client, target, proxy) and how (fin, rst, timeout, error, ...).",
    labels: [...toTarget, "side", "kind"],
    *collect({ targets }) {
      for (const { listener, group, target, closed } of targets) {
        for (const { side, kind, count } of closed) yield [count, listener, group, target, side, kind];
      }
    },
  },
  {
    name: "edge_proxy_bytes_total",
    type: "counter",
    help: "Payload bytes read from clients (direction in) and from targets (out), open flows included; no TCP/IP headers.",
    labels: [...toTarget, "direction"],
    *collect({ targets }) {
      for (const { listener, group, target, bytesFromClients, bytesFromTargets } of targets) {
        yield [bytesFromClients, listener, group, target, "in"];
        yield [bytesFromTargets, listener, group, target, "out"];
      }
    },
  },
  {
    name: "edge_proxy_proxy_header_bytes_total",
    type: "counter",
    help: "Bytes of PROXY protocol headers sent to targets.",
    labels: toTarget,
    *collect({ targets }) {
      for (const { listener, group, target, headerBytes } of targets) yield [headerBytes, listener, group, target];
    },
  },
  {
    name: "edge_proxy_connect_errors_total",
    type: "counter",
    help: "Flows whose connection to the target was never made, by the system's name for the reason.",
    labels: [...toTarget, "errno"],
    *collect({ targets }) {
      for (const { listener, group, target, connectErrors } of targets) {
        for (const [errno, count] of connectErrors) yield [count, listener, group, target, errno];
      }
    },
  },
  {
    name: "edge_proxy_connect_duration_seconds",
    type: "histogram",
    help: "Time that targets took to accept, for flows that they did accept.",
    labels: ["listener", "target_group"],
    *collect({ groups }) {
      for (const { listener, group, tally } of groups) yield [tally.connectSeconds, listener, group];
    },
  },
  {
    name: "edge_proxy_flow_duration_seconds",
    type: "histogram",
    help: "Time from a client's connection to the close of both sides, for flows that have ended.",
    labels: ["listener", "target_group"],
    *collect({ groups }) {
      for (const { listener, group, tally } of groups) yield [tally.flowSeconds, listener, group];
    },
  },
  {
    name: "edge_proxy_flows_refused_total",
    type: "counter",
    help: "Clients that were turned away with a reset and got no flow, by reason.",
    labels: ["listener", "reason"],
    *collect({ observed, listeners }) {
      const { loadBalancers } = observed.model;
      const configured = loadBalancers.flatMap(({ name, listeners }) =>
        listeners.map(({ port }) => listenerName(name, port)),
      );
      // Every reason from the start, so that the first refusal is seen as a rise.
      for (const listener of new Set([...configured, ...listeners.keys()])) {
        for (const reason of refusalReasons)
          yield [listeners.get(listener)?.refused.get(reason) ?? 0, listener, reason];
      }
    },
  },
  {
    name: "edge_proxy_port_allocation_errors_total",
    type: "counter",
    help: "Flows that got no connection because no source port was left from the node's address to the target.",
    labels: ["listener"],
    *collect({ listeners, entries }) {
      for (const [name, listener] of listeners) {
        let errors = 0;
        for (const entry of entries) if (entry.listener === listener) errors += entry.counters.portAllocationErrors;
        yield [errors, name];
      }
    },
  },
];

const refusalReasons = Object.keys(countFlows().counters.refused);
