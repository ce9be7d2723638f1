import type { FlowObserver, RefusalReason } from "../data/flow-observer.ts";

/** Plain numbers about flows since the start; whoever shows them copies them. */
export interface FlowCounters {
  flowsOpened: number;
  flowsClosed: number;
  bytesFromClients: number;
  bytesFromTargets: number;
  /** Flows that a target group without enough healthy targets sent to any of them. */
  flowsRoutedUnhealthy: number;
  /** AWS's `PortAllocationErrorCount`: no source port was left from a node's address to a target. */
  portAllocationErrors: number;
  /** By `side.kind`, e.g. `target.rst`. */
  readonly closed: Record<string, number>;
  readonly refused: Record<RefusalReason, number>;
}

/** Counts flows. Bytes are added when a flow ends. */
export function countFlows(): { readonly counters: FlowCounters; readonly observer: FlowObserver } {
  const counters: FlowCounters = {
    flowsOpened: 0,
    flowsClosed: 0,
    bytesFromClients: 0,
    bytesFromTargets: 0,
    flowsRoutedUnhealthy: 0,
    portAllocationErrors: 0,
    closed: {},
    refused: { limit: 0, source_limit: 0, dead_on_arrival: 0, no_target: 0, port_allocation: 0, hairpin: 0 },
  };
  const observer: FlowObserver = {
    flowOpened({ forward }) {
      counters.flowsOpened++;
      if (forward.failOpen) counters.flowsRoutedUnhealthy++;
    },
    flowClosed({ bytesFromClient, bytesFromTarget }, { side, kind }) {
      counters.flowsClosed++;
      counters.bytesFromClients += bytesFromClient;
      counters.bytesFromTargets += bytesFromTarget;
      if (kind === "port-allocation") counters.portAllocationErrors++;
      const reason = endName(side, kind);
      counters.closed[reason] = (counters.closed[reason] ?? 0) + 1;
    },
    flowRefused({ reason }) {
      if (reason === "port_allocation") counters.portAllocationErrors++;
      counters.refused[reason]++;
    },
  };
  return { counters, observer };
}

const endNames = new Map<string, Map<string, string>>();

/** `side.kind`, made once: to make it for each flow, only to look it up, costs more than all other counting. */
function endName(side: string, kind: string): string {
  let names = endNames.get(side);
  if (names === undefined) {
    names = new Map();
    endNames.set(side, names);
  }
  let name = names.get(kind);
  if (name === undefined) {
    name = `${side}.${kind}`;
    names.set(kind, name);
  }
  return name;
}
