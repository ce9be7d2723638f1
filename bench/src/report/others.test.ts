import { expect, test } from "vitest";
import { isDisturbing, parseTimes, shareInAll, shareOfOthers } from "./others.ts";

test("the kernel's counts: interrupts are nobody's, steal is others', and a program may be called anything", () => {
  const machine = "cpu  100 10 50 700 30 1 20 5 7 0\ncpu0 50 5 25 350 15 0 10 2 3 0\n";
  const self = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 30 20 12 8 20 0 1 0 2469801\n";
  expect(parseTimes(machine, self)).toEqual({ total: 916, spent: 165, ours: 70 });
});

test("what was spent and is not ours, others have had", () => {
  const before = { total: 1_000, spent: 400, ours: 100 };
  expect(shareOfOthers(before, { total: 1_200, spent: 550, ours: 190 })).toBe(0.3);
  // Both are counted in ticks, so that ours may be a little more than all.
  expect(shareOfOthers(before, { total: 1_200, spent: 500, ours: 201 })).toBe(0);
  expect(shareOfOthers(before, before)).toBe(0);
});

test("of a run, each bench weighs as long as it took, and those of which it is not known nothing", () => {
  const bench = { name: "", group: "", about: "", tables: [] };
  expect(shareInAll([{ ...bench, seconds: 30, others: 0.4 }, { ...bench, seconds: 10, others: 0 }, bench])).toBe(0.3);
  expect(shareInAll([bench])).toBeUndefined();
});

test.each([
  [undefined, false],
  [0.099, false],
  [0.1, true],
])("a share of %s disturbs: %s", (share, disturbs) => {
  expect(isDisturbing(share)).toBe(disturbs);
});
