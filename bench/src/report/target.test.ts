import { expect, test } from "vitest";
import { judge, onEachNode, type Target } from "./target.ts";

const rows = [
  { name: "haproxy", rounds: [10, 20] },
  { name: "edge-proxy", rounds: [11, 22] },
];

test.each<[Target, boolean, number]>([
  [{ kind: "cost", of: "edge-proxy", over: "haproxy", atMost: 1.1 }, true, 1.1],
  [{ kind: "cost", of: "edge-proxy", over: "haproxy", atMost: 1.09 }, false, 1.1],
  [{ kind: "ratio", of: "haproxy", over: "edge-proxy", atLeast: 1.1 }, true, 1.1],
  [{ kind: "ratio", of: "haproxy", over: "edge-proxy", atLeast: 1.2 }, false, 1.1],
  [{ kind: "difference", of: "edge-proxy", minus: "haproxy", atMost: 1.5 }, true, 1.5],
  [{ kind: "difference", of: "edge-proxy", minus: "haproxy", atMost: 1.4 }, false, 1.5],
  [{ kind: "figure", of: "edge-proxy", atMost: 16.5 }, true, 16.5],
  [{ kind: "figure", of: "edge-proxy", atMost: 16 }, false, 16.5],
])("%o is met: %s", (target, met, measured) => {
  const verdict = judge(target, rows, "µs");
  expect(verdict.met).toBe(met);
  expect(verdict.measured).toBeCloseTo(measured);
});

const curve = [
  { name: "edge-proxy", at: 1_000, rounds: [40] },
  { name: "edge-proxy", at: 10, rounds: [39] },
  { name: "edge-proxy", at: 100, rounds: [4] },
];

test("growth is judged between the last two places, wherever they stand in the table", () => {
  expect(judge({ kind: "growth", of: "edge-proxy", atMost: 10.5 }, curve, "ms")).toEqual({
    kind: "growth",
    limit: 10.5,
    met: true,
    measured: expect.closeTo(10),
    text: "edge-proxy, from 100 to 1\u202f000: ten times as many cost at most 10.5 times as much; measured 10.00 times",
  });
  expect(judge({ kind: "growth", of: "edge-proxy", atMost: 9 }, curve, "ms").met).toBe(false);
});

test("what grew from nothing is not judged as kept", () => {
  const fromZero = [
    { name: "edge-proxy", at: 1, rounds: [0] },
    { name: "edge-proxy", at: 10, rounds: [1] },
  ];
  expect(judge({ kind: "growth", of: "edge-proxy", atMost: 10 }, fromZero, "ms").met).toBe(false);
});

test("a figure may be about one place of the axis", () => {
  expect(judge({ kind: "figure", of: "edge-proxy", at: 100, atMost: 5 }, curve, "ms").measured).toBe(4);
});

test("a target about nobody is a mistake", () => {
  expect(() => judge({ kind: "figure", of: "nobody", atMost: 1 }, rows, "µs")).toThrow('no row is called "nobody"');
});

test("a cost is judged on another Node too, by its own limit if it has one", () => {
  const newest = { name: "edge-proxy, Node 99.1.0", rounds: [16, 32] };
  const target: Target = { kind: "cost", of: "edge-proxy", over: "haproxy", atMost: 2, atMostOnNewest: 1.5 };
  const verdicts = onEachNode(target, [...rows, newest]).map((each) => judge(each, [...rows, newest], "µs"));
  expect(verdicts).toEqual([
    expect.objectContaining({ limit: 2, met: true }),
    expect.objectContaining({ limit: 1.5, met: false, node: "Node 99.1.0" }),
  ]);
  expect(verdicts[0]).not.toHaveProperty("node");
});

test("on another Node a cost is judged over what was measured on that Node", () => {
  const onNewest = rows.map(({ name, rounds }) => ({ name: `${name}, Node 99.1.0`, rounds: rounds.map((n) => n / 2) }));
  const target: Target = { kind: "cost", of: "edge-proxy", over: "haproxy", atMost: 1.1 };
  const everybody = [...rows, ...onNewest];
  const verdicts = onEachNode(target, everybody).map((each) => judge(each, everybody, "µs"));
  expect(verdicts.map(({ measured }) => measured)).toEqual([1.1, 1.1]);
  expect(verdicts[1]?.text).toContain("the cost of haproxy, Node 99.1.0");
});
