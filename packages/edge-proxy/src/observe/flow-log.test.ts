import { expect, it } from "vitest";
import type { FlowInfo } from "../data/flow-observer.ts";
import { FlowLog } from "./flow-log.ts";

const entry = { loadBalancer: "web", listenerPort: 80, zone: "local-1a" };

function flowAt(place: number, sourcePort: number): FlowInfo {
  return {
    id: sourcePort,
    place,
    entry,
    forward: { group: "app" },
    route: { key: "127.0.0.1:3001" },
    openedMs: 0,
    source: { address: "127.0.0.1", port: sourcePort },
  } as unknown as FlowInfo;
}

it("a flow that connected while nobody read has no source, rather than that of the one before it in its place", () => {
  const lines: string[] = [];
  const reader = { wants: () => true, write: (line: string) => lines.push(line) };
  const log = new FlowLog(() => 0);
  const fin = { side: "client", kind: "fin" } as const;
  log.add(reader);
  log.flowConnected(flowAt(0, 1001));
  log.remove(reader);
  log.flowClosed(flowAt(0, 1001), fin);
  log.flowConnected(flowAt(0, 1002));
  log.add(reader);
  log.flowConnected(flowAt(1, 1003));
  log.flowClosed(flowAt(0, 1002), fin);
  log.flowClosed(flowAt(1, 1003), fin);
  const sources = lines.map((line) => [JSON.parse(line).flow, JSON.parse(line)["source.port"]]);
  expect(sources).toEqual([
    ["1002", undefined],
    ["1003", 1003],
  ]);
});

it("is not asked for the source of a flow, a system call, while nobody reads", () => {
  const log = new FlowLog(() => 0);
  const flow = flowAt(0, 1);
  Object.defineProperty(flow, "source", {
    get: () => {
      throw new Error("asked");
    },
  });
  log.flowConnected(flow);
  expect(log.isRead).toBe(false);
});
