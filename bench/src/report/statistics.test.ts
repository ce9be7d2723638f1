import { expect, test } from "vitest";
import { growthExponent, medianOfRounds, ratiosOfRounds, summarise } from "./statistics.ts";

test("a round that a neighbour disturbed moves neither the median nor the quartiles", () => {
  expect(summarise([10, 11, 12, 13, 900])).toEqual({ median: 12, lowerQuartile: 11, upperQuartile: 13 });
});

test("between two values lies the straight line", () => {
  expect(summarise([1, 2, 3, 4])).toEqual({ median: 2.5, lowerQuartile: 1.75, upperQuartile: 3.25 });
  expect(summarise([7])).toEqual({ median: 7, lowerQuartile: 7, upperQuartile: 7 });
});

test("rounds need not come in order", () => {
  expect(summarise([30, 10, 20]).median).toBe(20);
});

test("what slows both down in a round cancels out", () => {
  const mine = [20, 40, 200];
  const theirs = [10, 20, 100];
  expect(ratiosOfRounds(mine, theirs)).toEqual([2, 2, 2]);
  expect(medianOfRounds(mine, theirs, (left, right) => left - right)).toBe(20);
});

test("rounds that only one has are left out", () => {
  expect(ratiosOfRounds([2, 4, 6], [1, 2])).toEqual([2, 2]);
});

test.each([
  [
    "nothing",
    [
      { x: 10, y: 5 },
      { x: 100, y: 5 },
    ],
    0,
  ],
  [
    "in step",
    [
      { x: 10, y: 5 },
      { x: 100, y: 50 },
    ],
    1,
  ],
  [
    "with the square, of the last two",
    [
      { x: 1, y: 9 },
      { x: 10, y: 5 },
      { x: 30, y: 45 },
    ],
    2,
  ],
])("the exponent of what grows by %s", (_, points, exponent) => {
  expect(growthExponent(points)).toBeCloseTo(exponent);
});
