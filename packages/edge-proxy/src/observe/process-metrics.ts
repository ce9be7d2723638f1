import type { Family } from "./exposition.ts";
import { packageVersion } from "./package-version.ts";
import type { Scrape } from "./scrape.ts";

/** Metrics of the process and its limits. */
export const processMetrics: readonly Family<Scrape>[] = [
  {
    name: "edge_proxy_flows_limit",
    type: "gauge",
    help: "Flows that there may be at one time.",
    labels: [],
    collect: ({ observed }) => [[observed.limits.maxFlows]],
  },
  {
    name: "edge_proxy_sources_active",
    type: "gauge",
    help: "Client addresses with a flow, while limits.maxFlowsPerSource is set; otherwise 0.",
    labels: [],
    collect: ({ observed }) => [[observed.traffic.sources]],
  },
  {
    name: "edge_proxy_source_ports_in_use",
    type: "gauge",
    help: "Source ports that flows hold on nodes' addresses, over all targets; flows that show their client's address hold none.",
    labels: [],
    collect: ({ observed }) => [[observed.traffic.sourcePortsInUse]],
  },
  {
    name: "edge_proxy_fds_open",
    type: "gauge",
    help: "File descriptors that are open, in all processes together; missing where the system does not tell.",
    labels: [],
    *collect({ fdsOpen }) {
      if (fdsOpen !== undefined) yield [fdsOpen];
    },
  },
  {
    name: "edge_proxy_fds_limit",
    type: "gauge",
    help: "File descriptors that may be open, in all processes together.",
    labels: [],
    collect: ({ observed }) => [[observed.limits.fileDescriptors * (1 + observed.traffic.processes.length)]],
  },
  {
    name: "edge_proxy_event_loop_delay_seconds",
    type: "gauge",
    help: "How late the event loop was since the last scrape, of the process where it was latest: the median, the 99th percentile and the maximum.",
    labels: ["percentile"],
    *collect({ loopDelay }) {
      for (const { percentile, seconds } of loopDelay) yield [seconds, percentile];
    },
  },
  {
    name: "edge_proxy_worker_flows_active",
    type: "gauge",
    help: "Flows that a worker process carries, by its number from 0; missing without --workers.",
    labels: ["worker"],
    collect: ({ observed }) => observed.traffic.processes.map(({ flows }, worker) => [flows, String(worker)]),
  },
  {
    name: "edge_proxy_worker_restarts_total",
    type: "counter",
    help: "How often a worker process has ended by itself and was replaced; missing without --workers.",
    labels: ["worker"],
    collect: ({ observed }) => observed.traffic.processes.map(({ restarts }, worker) => [restarts, String(worker)]),
  },
  {
    name: "edge_proxy_config_last_reload_success",
    type: "gauge",
    help: "1 when the last config that was given could be applied, 0 when it could not and the one before is in force.",
    labels: [],
    collect: ({ observed }) => [[observed.config.succeeded ? 1 : 0]],
  },
  {
    name: "edge_proxy_config_reload_timestamp_seconds",
    type: "gauge",
    help: "When the config that is in force was applied, in seconds since 1970.",
    labels: [],
    collect: ({ observed }) => [[observed.config.appliedAtSeconds]],
  },
  {
    name: "edge_proxy_log_lines_dropped_total",
    type: "counter",
    help: "Flow log lines that were dropped because nobody read them, or because they could not be written.",
    labels: [],
    collect: ({ observed }) => [[observed.logLinesDropped]],
  },
  {
    name: "edge_proxy_observer_errors_total",
    type: "counter",
    help: "Exceptions that observers of flows have thrown; they changed no flow.",
    labels: [],
    collect: ({ observed }) => [[observed.traffic.observerErrors]],
  },
  {
    name: "edge_proxy_build_info",
    type: "gauge",
    help: "Always 1; the labels say which version runs on which Node.js.",
    labels: ["version", "node"],
    collect: () => [[1, packageVersion, process.versions.node]],
  },
];
