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
    connectedMs: 1,
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

it("learns the sources of flows that stand already, and lets those that it knows be", async () => {
  const lines: string[] = [];
  const log = new FlowLog(() => 0);
  log.add({ wants: () => true, write: (line) => lines.push(line) });
  log.flowConnected(flowAt(0, 1001));
  const standing = Array.from({ length: 1200 }, (_, place) => flowAt(place, 2000 + place));
  const dialing = { ...flowAt(1200, 1), connectedMs: undefined };
  await log.learn([...standing, dialing]);
  for (const flow of [...standing, dialing]) log.flowClosed(flow, { side: "client", kind: "fin" });
  const sources = lines.map((line) => JSON.parse(line)["source.port"]);
  expect(sources).toEqual([1001, ...Array.from({ length: 1199 }, (_, i) => 2001 + i), undefined]);
});

it("asks no flow for its source, a system call, while nobody reads", () => {
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
