import { expect, test } from "vitest";
import { type BenchReport, type Report, reportFormat } from "./report.ts";
import { headlines, standingsOf } from "./standing.ts";
import type { Table, Verdict } from "./table.ts";

const missed: Verdict = { kind: "cost", limit: 1.1, met: false, measured: 1.3, text: "" };

function reportOf(rounds: readonly number[], table: Partial<Table> = {}, bench: Partial<BenchReport> = {}): Report {
  const rows = [
    { name: "haproxy", rounds: [10, 10, 10] },
    { name: "edge-proxy", rounds },
  ];
  const tables: Table[] = [
    {
      title: "CPU",
      about: "",
      unit: "µs",
      rows,
      reference: "haproxy",
      comparedBy: "cost",
      absent: [],
      verdicts: [missed],
      ...table,
    },
  ];
  return {
    format: reportFormat,
    machine: { cpu: "", cores: 2, memoryGiB: 4, kernel: "", node: "", v8: "", otherNodes: [], versions: {} },
    startedAt: "",
    finishedAt: "",
    benches: [{ name: "requests", group: "system", about: "", tables, ...bench }],
  };
}

test.each([
  ["all rounds above: worse", [12, 13, 14], {}, "worse"],
  ["the middle half on both sides of 1: alike", [5, 13, 14], {}, "alike"],
  ["within a twentieth: alike", [10.4, 10.4, 10.4], {}, "alike"],
  ["all rounds below: better", [6, 7, 8], {}, "better"],
  ["less of what is to be many: worse", [6, 7, 8], { better: "more" }, "worse"],
] as const)("%s", (_, rounds, table, outcome) => {
  expect(standingsOf(reportOf(rounds, table))[0]?.marks[0]?.outcome).toBe(outcome);
});

test("of what is to be many, the ends of the spread change places", () => {
  const mark = standingsOf(reportOf([2.5, 5, 5, 10, 20].slice(0, 3), { better: "more" }))[0]?.marks[0];
  expect(mark?.worse).toEqual({ median: 2, lowerQuartile: 2, upperQuartile: 1 / 0.375 });
  expect(mark?.text).toBe("× 0.50 (0.38 to 0.50)");
});

test("time that passed while others were at work is shown and not judged", () => {
  const [standing] = standingsOf(reportOf([20, 20, 20], { elapsed: true }, { others: 0.4 }));
  expect(standing?.marks[0]).toMatchObject({ text: "× 2.00 (2.00 to 2.00)", outcome: "unknown" });
});

test("a target stands on the scale of the ratios, a limit in the figure's own unit too", () => {
  const own: Verdict = { kind: "figure", limit: 25, met: true, measured: 13, text: "" };
  const newest: Verdict = { ...missed, limit: 1.5, met: true, node: "Node 99.1.0" };
  expect(standingsOf(reportOf([13, 13, 13], { verdicts: [missed, own, newest] }))[0]?.goals).toEqual([
    { met: false, node: undefined, text: "≤ × 1.10", worse: 1.1 },
    { met: true, node: undefined, text: "≤ 25 µs", worse: 2.5 },
    { met: true, node: "Node 99.1.0", text: "≤ × 1.50", worse: 1.5 },
  ]);
});

test("nothing beside nothing has no ratio and no place", () => {
  const rows = ["haproxy", "edge-proxy"].map((name) => ({ name, rounds: [0, 0] }));
  const [standing] = standingsOf(reportOf([], { rows, unit: "flows" }));
  expect(standing?.marks).toEqual([{ name: "edge-proxy", text: "0 flows", worse: undefined, outcome: "unknown" }]);
});

test("the headlines count targets and outcomes", () => {
  expect(headlines(reportOf([12, 13, 14]))).toEqual([
    "0 of 1 targets met.",
    "edge-proxy beside HAProxy, in 1 figures that can be compared: better in 0, alike in 0, worse in 1.",
  ]);
});
