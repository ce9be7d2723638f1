import { expect, test } from "vitest";
import { figure, isReference, ratioToReference, type Table, times } from "./table.ts";

const table: Table = {
  title: "CPU time",
  about: "",
  unit: "µs",
  rows: [
    { name: "haproxy", rounds: [10, 20, 40] },
    { name: "edge-proxy", rounds: [15, 30, 60] },
  ],
  reference: "haproxy",
  absent: [],
  verdicts: [],
};

test("compared by rate the dearer has the lower ratio, by cost the higher", () => {
  expect(ratioToReference(table, table.rows[1]!)?.median).toBeCloseTo(2 / 3);
  expect(ratioToReference({ ...table, comparedBy: "cost" }, table.rows[1]!)?.median).toBe(1.5);
});

test("in curves each place has a reference of its own", () => {
  const rows = [
    { name: "haproxy", at: 10, rounds: [1] },
    { name: "haproxy", at: 100, rounds: [4] },
    { name: "edge-proxy", at: 100, rounds: [8] },
    { name: "edge-proxy", at: 1000, rounds: [9] },
  ];
  const curves: Table = { ...table, axis: "flows", comparedBy: "cost", rows };
  expect(ratioToReference(curves, rows[2]!)?.median).toBe(2);
  expect(ratioToReference(curves, rows[3]!)).toBeUndefined();
});

test("on another Node the reference is its own, where that was measured", () => {
  const rows = [
    { name: "haproxy", rounds: [10] },
    { name: "haproxy, Node 99.1.0", rounds: [8] },
    { name: "edge-proxy, Node 99.1.0", rounds: [12] },
    { name: "edge-proxy, Node 98.0.0", rounds: [12] },
  ];
  const nodes: Table = { ...table, comparedBy: "cost", rows };
  expect(rows.map((row) => ratioToReference(nodes, row)?.median)).toEqual([1, 1, 1.5, 1.2]);
  expect(rows.map((row) => isReference(nodes, row))).toEqual([true, true, false, false]);
});

test("beside nothing there is no ratio", () => {
  const rows = [
    { name: "haproxy", rounds: [0, 0] },
    { name: "edge-proxy", rounds: [0, 3] },
  ];
  const failures: Table = { ...table, comparedBy: "cost", rows };
  expect(rows.map((row) => ratioToReference(failures, row))).toEqual([undefined, undefined]);
});

test.each([
  [0, "0"],
  [0.0321, "0.032"],
  [9.96, "10.0"],
  [99.96, "100.0"],
  [123.4, "123"],
  [1_234_567.8, "1\u202f234\u202f568"],
  [Number.NaN, "–"],
])("%d is shown as %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

test.each([
  [1.319, "1.32"],
  [0.004, "0.004"],
  [0, "0.00"],
  [35.777, "35.78"],
  [1234.5, "1\u202f235"],
])("%d times is shown as %s", (ratio, text) => {
  expect(times(ratio)).toBe(text);
});
