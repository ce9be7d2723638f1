import { expect, test } from "vitest";
import { type Change, compareReports, formatComparison } from "./compare.ts";
import { type Report, reportFormat } from "./report.ts";
import type { Table } from "./table.ts";

const machine = {
  cpu: "some",
  cores: 2,
  memoryGiB: 4,
  kernel: "Linux 6",
  node: "v20.20.2",
  v8: "11.3",
  otherNodes: [],
  versions: {},
};

const cost: Table = {
  title: "CPU time",
  about: "",
  unit: "µs",
  rows: [],
  reference: "haproxy",
  comparedBy: "cost",
  absent: [],
  verdicts: [],
};

function reportOf(table: Partial<Table>, rest: Partial<Report> = {}): Report {
  const times = { startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:01:00.000Z" };
  const benches = [{ name: "requests", group: "system", about: "", tables: [{ ...cost, ...table }] }];
  return { format: reportFormat, machine, ...times, benches, ...rest };
}

function changesOf(before: Partial<Table>, after: Partial<Table>): readonly Change[] {
  return compareReports(reportOf(before), reportOf(after)).changes;
}

const twice = (rounds: readonly number[], haproxy = [10, 10, 10, 10, 10]): Partial<Table> => ({
  rows: [
    { name: "haproxy", rounds: haproxy },
    { name: "edge-proxy", rounds },
  ],
});

test("a machine that is half as fast today has changed nothing for a row with a reference", () => {
  const [haproxy, edgeProxy] = changesOf(
    twice([20, 20, 21, 22, 22]),
    twice([40, 40, 42, 44, 44], [20, 20, 20, 20, 20]),
  );
  expect(edgeProxy).toMatchObject({
    row: "edge-proxy",
    basis: "haproxy",
    before: 2.1,
    after: 2.1,
    verdict: "within noise",
  });
  expect(haproxy).toMatchObject({ row: "haproxy", basis: undefined, before: 10, after: 20, verdict: "worse" });
});

test("middle halves that do not meet are a change, and its spread is the widest that they allow", () => {
  const [, change] = changesOf(twice([20, 20, 21, 22, 22]), twice([10, 10, 11, 12, 12]));
  expect(change).toMatchObject({ verdict: "better", before: 2.1, after: 1.1 });
  expect(change?.ratio.median).toBeCloseTo(11 / 21);
  expect(change?.ratio.lowerQuartile).toBeCloseTo(1 / 2.2);
  expect(change?.ratio.upperQuartile).toBeCloseTo(1.2 / 2);
});

test("middle halves that meet are noise, however far the medians are apart", () => {
  expect(changesOf(twice([10, 15, 20, 25, 30]), twice([12, 19, 26, 33, 40]))[1]?.verdict).toBe("within noise");
});

test("four percent are noise, however narrow the spread", () => {
  expect(changesOf(twice([20, 20, 20, 20, 20]), twice([20.8, 20.8, 20.8, 20.8, 20.8]))[1]?.verdict).toBe(
    "within noise",
  );
  expect(changesOf(twice([20, 20, 20, 20, 20]), twice([21.2, 21.2, 21.2, 21.2, 21.2]))[1]?.verdict).toBe("worse");
});

test("with few rounds more is asked for, and of one nothing is said", () => {
  const verdict = (before: readonly number[], after: readonly number[]): unknown =>
    changesOf(twice(before), twice(after))[1]?.verdict;
  expect(verdict([20, 20], [23, 23])).toBe("within noise");
  expect(verdict([20, 20], [25, 25])).toBe("worse");
  expect(verdict([20, 20, 20], [40])).toBe("too few rounds");
});

test("more is better where the table says so, and where rates are compared", () => {
  const [before, after] = [twice([20, 20, 20, 20, 20]), twice([30, 30, 30, 30, 30])];
  expect(changesOf({ ...before, better: "more" }, { ...after, better: "more" })[1]?.verdict).toBe("better");
  const [byRate, slower] = [
    { ...before, comparedBy: "rate" as const },
    { ...after, comparedBy: "rate" as const },
  ];
  expect(changesOf(byRate, slower)[1]).toMatchObject({ verdict: "worse", before: 0.5, after: expect.closeTo(1 / 3) });
});

test("places of an axis are rows of their own", () => {
  const rows = [
    { name: "edge-proxy", at: 1_000, rounds: [5, 5] },
    { name: "edge-proxy", at: 9_000, rounds: [6, 6] },
  ];
  const after = [{ name: "edge-proxy", at: 9_000, rounds: [12, 12] }];
  const changes = changesOf({ axis: "flows", rows }, { axis: "flows", rows: after });
  expect(changes).toMatchObject([{ row: "edge-proxy, 9\u202f000 flows", before: 6, after: 12, verdict: "worse" }]);
});

test("what one of the runs does not have is not compared", () => {
  expect(changesOf({ title: "Other", ...twice([1]) }, twice([1]))).toEqual([]);
  expect(compareReports(reportOf({}, { benches: [] }), reportOf(twice([1]))).changes).toEqual([]);
});

test("nothing before and nothing now is no change to speak of", () => {
  expect(changesOf(twice([0, 0, 0], [0, 0, 0]), twice([0, 0, 0], [0, 0, 0]))).toEqual([]);
});

test("another machine is said to be one", () => {
  const other = reportOf(twice([20]), { machine: { ...machine, node: "v26.10.0" } });
  const comparison = compareReports(other, reportOf(twice([20])));
  expect(comparison.warnings).toEqual(["not the same node: v26.10.0 before, v20.20.2 now"]);
  expect(formatComparison(comparison)).toContain("- not the same node: v26.10.0 before, v20.20.2 now");
});

test("a bench that others disturbed is said to be one", () => {
  const quiet = reportOf(twice([20]));
  const busy = { ...quiet, benches: quiet.benches.map((bench) => ({ ...bench, seconds: 40, others: 0.314 })) };
  expect(compareReports(busy, quiet).warnings).toEqual([
    "requests, in the run of 2026-01-01T00:01:00.000Z: others took 31 % of the processors meanwhile",
  ]);
});

test.each([
  ["time that passed", "busy machine", true],
  ["time on a CPU", "worse", undefined],
] as const)("while others were at work, %s that doubled is called: %s", (_, verdict, elapsed) => {
  const before = reportOf({ ...(elapsed && { elapsed }), ...twice([20, 20, 20, 20, 20]) });
  const after = reportOf({ ...(elapsed && { elapsed }), ...twice([40, 40, 40, 40, 40]) });
  const busy = { ...after, benches: after.benches.map((bench) => ({ ...bench, others: 0.5 })) };
  const [, edgeProxy] = compareReports(before, busy).changes;
  expect(edgeProxy?.verdict).toBe(verdict);
});

test("changes beyond the noise stand first", () => {
  const text = formatComparison(
    compareReports(reportOf(twice([20, 20, 20, 20, 20])), reportOf(twice([30, 30, 30, 30, 30]))),
  );
  const [first, second] = text.split("\n").filter((line) => line.startsWith("| CPU time"));
  expect(first).toMatch(/edge-proxy \/ haproxy \| +2\.00 × \| +3\.00 × \| 1\.50 \(1\.50 to 1\.50\) \| +worse/);
  expect(second).toMatch(/haproxy .* within noise/);
});
