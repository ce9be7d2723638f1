import { expect, test } from "vitest";
import { glancesOf } from "./glance.ts";
import { type BenchReport, type Report, reportFormat } from "./report.ts";
import type { Table } from "./table.ts";

const cost: Table = {
  title: "CPU time",
  about: "",
  unit: "µs",
  rows: [{ name: "haproxy", rounds: [10, 10, 10, 10, 10] }],
  reference: "haproxy",
  comparedBy: "cost",
  absent: [],
  verdicts: [],
};

const emptyReport: Report = {
  format: reportFormat,
  machine: { cpu: "", cores: 2, memoryGiB: 4, kernel: "", node: "", v8: "", otherNodes: [], versions: {} },
  startedAt: "",
  finishedAt: "",
  benches: [],
};

function linesOf(tables: readonly Table[], more: Partial<BenchReport> = {}) {
  const benches = [{ name: "requests", group: "system", about: "", tables, ...more }];
  return glancesOf({ ...emptyReport, benches }).flatMap(({ lines }) => lines);
}

function cellOf(rounds: readonly number[], more: Partial<Table> = {}) {
  const [line] = linesOf([{ ...cost, ...more, rows: [...cost.rows, { name: "edge-proxy", rounds }] }]);
  return line?.cells[1];
}

test("a ratio that the rounds agree on stands as one number", () => {
  expect(cellOf([11, 12, 13, 14, 15])).toEqual({ text: "× 1.30", worse: 1.3 });
});

test.each([
  ["on both sides of 1: no worse", [5, 8, 13, 18, 40], "× 0.80 to 1.80", 1],
  ["above it: by as much as all agree on", [5, 12, 13, 18, 40], "× 1.20 to 1.80", 1.2],
  ["below it", [1, 4, 5, 8, 40], "× 0.40 to 0.80", 0.8],
])("where they do not, both ends of the middle half stand there; %s", (_, rounds, text, worse) => {
  expect(cellOf(rounds)).toEqual({ text, worse });
});

test("half as many of what is to be many is twice as bad", () => {
  expect(cellOf([5, 5, 5, 5, 5], { better: "more" })).toEqual({ text: "× 0.50", worse: 2 });
});

test("each place of a curve has a line of its own", () => {
  const rows = [1, 2].map((at) => ({ name: "haproxy", at, rounds: [at] }));
  expect(linesOf([{ ...cost, axis: "workers", rows }])).toEqual([
    { title: "CPU time: 1 worker", cells: [{ text: "1 µs", worse: 1 }] },
    { title: "CPU time: 2 workers", cells: [{ text: "2 µs", worse: 1 }] },
  ]);
});

test("time that passed while others were at work is not judged; time on a CPU is", () => {
  const rows = [...cost.rows, { name: "edge-proxy", rounds: [20, 20, 20, 20, 20] }];
  const tables: Table[] = [
    { ...cost, rows },
    { ...cost, rows, elapsed: true },
  ];
  const judged = (others: number) => linesOf(tables, { others }).map(({ cells }) => cells[1]?.worse);
  expect(judged(0.02)).toEqual([2, 2]);
  expect(judged(0.5)).toEqual([2, undefined]);
});

test("details, and what no proxy does, are not for the first page", () => {
  expect(linesOf([{ ...cost, detail: true }])).toEqual([]);
  expect(linesOf([cost], { group: "micro" })).toEqual([]);
});

test("servers that read headers have a page of their own, each beside its own Node's without one", () => {
  const rows = [
    { name: "no header", rounds: [40] },
    { name: "no header, Node 99.1.0", rounds: [30] },
    { name: "proxyProtocol, Node 99.1.0", rounds: [36] },
  ];
  const benches = [
    { name: "receive-net", group: "receive", about: "", tables: [{ ...cost, reference: "no header", rows }] },
    { name: "requests", group: "system", about: "", tables: [cost] },
  ];
  const glances = glancesOf({ ...emptyReport, benches });
  expect(glances.map(({ reference, names }) => [reference, names])).toEqual([
    ["no header", rows.map(({ name }) => name)],
    ["haproxy", ["haproxy"]],
  ]);
  expect(glances[0]?.lines[0]?.cells).toEqual([
    { text: "40 µs", worse: 1 },
    { text: "30 µs", worse: 1 },
    { text: "× 1.20", worse: 1.2 },
  ]);
});
