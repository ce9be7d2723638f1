import { expect, test } from "vitest";
import type { BenchContext } from "../bench.ts";
import { thisNode } from "../node-runtime.ts";
import { proxies } from "../peers/contestants.ts";
import type { Program } from "../peers/programs.ts";
import { failureNote } from "./failure-note.ts";
import type { Line, Sample } from "./line.ts";
import { benchOf } from "./measure-line.ts";

const figure = { key: "cpu", title: "CPU time", about: "", unit: "µs", targets: [] };

/** A line that starts nothing, and keeps a record of the turns. */
function lineOf(more: Partial<Line>, samples: (contestant: string, turn: number) => readonly Sample[]) {
  const turns: string[] = [];
  const line: Line = {
    name: "test",
    group: "system",
    about: "",
    rounds: 2,
    warmsUp: true,
    needs: [],
    absent: {},
    figures: [figure],
    async open() {
      return {
        async measure({ name }, place) {
          turns.push(place === 0 ? name : `${name} ${place}`);
          return samples(name, turns.length);
        },
        close: async () => void turns.push("closed"),
      };
    },
    ...more,
  };
  return { line, turns };
}

const context: BenchContext = { progress: () => {}, runtimes: [thisNode] };
const nothingMissing = (): ReadonlyMap<Program, string> => new Map();

test("all have their turn in every round, to and fro, and the round that warms up does not count", async () => {
  const { line, turns } = lineOf({ only: ["haproxy", "edge-proxy"] }, (_, turn) => [{ figure: "cpu", value: turn }]);
  const [table] = await benchOf(line, proxies, nothingMissing).run(context);
  expect(turns).toEqual(["edge-proxy", "haproxy", "haproxy", "edge-proxy", "edge-proxy", "haproxy", "closed"]);
  expect(table).toMatchObject({ title: "CPU time", unit: "µs", reference: "haproxy", comparedBy: "cost" });
  expect(table?.rows).toEqual([
    { name: "haproxy", rounds: [3, 6] },
    { name: "edge-proxy", rounds: [4, 5] },
  ]);
});

test("samples of several places make a row for each", async () => {
  const samples = [1, 2].map((at) => ({ figure: "cpu", at, value: 10 * at }));
  const { line } = lineOf({ only: ["edge-proxy"], rounds: 1, warmsUp: false }, () => samples);
  const [table] = await benchOf(line, proxies, nothingMissing).run(context);
  expect(table?.rows).toEqual([
    { name: "edge-proxy", at: 1, rounds: [10] },
    { name: "edge-proxy", at: 2, rounds: [20] },
  ]);
});

test("at each place all have their turn before the next, and its samples stand there", async () => {
  const { line, turns } = lineOf(
    { only: ["haproxy", "edge-proxy"], rounds: 1, warmsUp: false, places: [1, 4] },
    (_, turn) => [{ figure: "cpu", value: turn }],
  );
  const [table] = await benchOf(line, proxies, nothingMissing).run(context);
  expect(turns).toEqual(["haproxy 1", "edge-proxy 1", "haproxy 4", "edge-proxy 4", "closed"]);
  expect(table?.rows).toEqual([
    { name: "haproxy", at: 1, rounds: [1] },
    { name: "edge-proxy", at: 1, rounds: [2] },
    { name: "haproxy", at: 4, rounds: [3] },
    { name: "edge-proxy", at: 4, rounds: [4] },
  ]);
});

test("who is not installed is named with the line that installs it, and the others are measured", async () => {
  const { line, turns } = lineOf({ absent: { "no proxy": "has no memory" } }, () => [{ figure: "cpu", value: 1 }]);
  const [table] = await benchOf(line, proxies, () => new Map([["haproxy", "apt-get install haproxy"]])).run(context);
  expect(new Set(turns)).toEqual(new Set(["edge-proxy", "nginx stream", "node pipe", "closed"]));
  expect(table?.absent).toEqual(["haproxy: apt-get install haproxy", "no proxy: has no memory"]);
  expect(table).not.toHaveProperty("reference");
});

test("a line that nobody can run without a program is left out by name, and nothing is started", async () => {
  const { line, turns } = lineOf({ needs: ["wrk"] }, () => []);
  const [table] = await benchOf(line, proxies, () => new Map([["wrk", "apt-get install wrk"]])).run(context);
  expect(table).toMatchObject({ rows: [], absent: ["anybody: it needs wrk (apt-get install wrk)"] });
  expect(turns).toEqual([]);
});

test("what there is to know about a value stands in the report, with who and when", async () => {
  const failures = ["ECONNRESET", "ECONNREFUSED", "ECONNRESET"].map((reason) => ({ atMs: 0, reason }));
  const { line } = lineOf({ only: ["edge-proxy"] }, (_, turn) => [
    { figure: "cpu", value: 1, note: failureNote(turn === 3 ? failures : []) },
  ]);
  const [table] = await benchOf(line, proxies, nothingMissing).run(context);
  expect(table?.notes).toEqual(["edge-proxy, round 2: 2 × ECONNRESET, 1 × ECONNREFUSED"]);
});

test("another Node has rows of its own, beside the first", async () => {
  const { line, turns } = lineOf({ only: ["edge-proxy"], rounds: 1, warmsUp: false }, () => []);
  const newest = { version: "v99.1.0", execPath: "/nowhere/node" };
  await benchOf(line, proxies, nothingMissing).run({ ...context, runtimes: [thisNode, newest] });
  expect(turns).toEqual(["edge-proxy", "edge-proxy, Node 99.1.0", "closed"]);
});

test("as many rounds as are asked for", async () => {
  const { line } = lineOf({ only: ["edge-proxy"] }, () => [{ figure: "cpu", value: 1 }]);
  const [table] = await benchOf(line, proxies, nothingMissing).run({ ...context, rounds: 4 });
  expect(table?.rows[0]?.rounds).toHaveLength(4);
});

test("a turn that fails ends the line, and what it started is closed", async () => {
  const { line, turns } = lineOf({}, () => {
    throw new Error("no answer");
  });
  await expect(benchOf(line, proxies, nothingMissing).run(context)).rejects.toThrow("no answer");
  expect(turns).toEqual(["no proxy", "closed"]);
});

test("what each has more than the reference is a table of its own, made of the same rounds", async () => {
  const figures = [figure, { ...figure, title: "More", beyondReference: true as const }];
  const { line } = lineOf({ only: ["haproxy", "edge-proxy"], figures, warmsUp: false }, (_, turn) => [
    { figure: "cpu", value: turn ** 2 },
  ]);
  const [own, more] = await benchOf(line, proxies, nothingMissing).run(context);
  expect(own?.rows).toEqual([
    { name: "haproxy", rounds: [1, 16] },
    { name: "edge-proxy", rounds: [4, 9] },
  ]);
  expect(more?.rows).toEqual([{ name: "edge-proxy", rounds: [3, -7] }]);
  expect(more).not.toHaveProperty("reference");
});
