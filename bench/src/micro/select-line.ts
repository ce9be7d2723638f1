import { type Entry, type Forward, select, stickyTable, type TargetRoute } from "@edgekit/edge-proxy/unstable-data";
import { type Contestant, kept, type Line } from "./line.ts";
import { clientsOfOneEndpoint } from "./sample.ts";

const counts: readonly number[] = [10, 100, 1_000, 10_000];

/** The choice of a target for a new connection, as an NLB makes it. */
export const selectLine: Line = {
  name: "select",
  title: "Choose a target for a flow",
  about:
    "By flow hash, and by source IP with stickiness, for 64 clients in turn. The cost is constant when the rows are alike.",
  reference: rowName(10, false),
  absent: [],
  targets: [false, true].map((sticky) => ({
    kind: "ratio",
    of: rowName(10_000, sticky),
    over: rowName(10, sticky),
    atLeast: 0.67,
  })),
  contestants: () => [false, true].flatMap((sticky) => counts.map((count) => contestant(count, sticky))),
};

function rowName(count: number, sticky: boolean): string {
  return `${count} targets${sticky ? ", sticky" : ""}`;
}

function contestant(count: number, sticky: boolean): Contestant {
  const entry = entryOf(count, sticky);
  const flows = clientsOfOneEndpoint.map(({ source: { address, port } }, turn) => {
    return { clientAddress: address, clientPort: port, seed: (turn * 0x9e3779b9) >>> 0 };
  });
  const groupChosen = (flow: (typeof flows)[number]): unknown => {
    const first = select(entry, flow);
    return [first?.forward.group, first === undefined ? undefined : first.route === select(entry, flow)?.route];
  };
  return {
    name: rowName(count, sticky),
    run: () => {
      for (const flow of flows) kept.value = select(entry, flow);
    },
    inputs: flows.length,
    // The same flow finds the same target again.
    found: () => flows.map(groupChosen),
    expected: flows.map(() => ["app", true]),
  };
}

function entryOf(count: number, sticky: boolean): Entry {
  const targets = Array.from({ length: count }, (_, index): TargetRoute => {
    const address = `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    return { key: `${address}:3000`, address, family: 4, port: 3000, endpoint: `${address}:3000` };
  });
  const forward: Forward = {
    group: "app",
    weight: 1,
    proxyHeader: "on_first_ack_with_payload",
    preserveClientIp: false,
    targets,
    ...(sticky ? { stickyTable: stickyTable(targets.map(({ key }) => key)) } : {}),
    failOpen: false,
  };
  return {
    key: "web",
    name: "web",
    loadBalancer: "web",
    address: "127.0.0.1",
    port: 8080,
    listenerPort: 8080,
    zone: "local-1a",
    nodeAddress: "127.0.0.1",
    clientIp: "off",
    idleTimeoutMs: 350_000,
    forward: [forward],
  };
}
