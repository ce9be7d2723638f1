/** What a row of rounds comes to. Medians and quartiles: one round that a neighbour disturbed moves neither. */
export interface Summary {
  readonly median: number;
  /** A quarter of the rounds lies below, a quarter above the other. */
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/** Of at least one value. */
export function summarise(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    lowerQuartile: quantile(values, 0.25),
    upperQuartile: quantile(values, 0.75),
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The median of what `combine` makes of the two values of each round. Values of one round were measured within the same
 * second, so what the machine did to one it did to the other, and it cancels out; it would not in a ratio of medians.
 */
export function medianOfRounds(
  left: readonly number[],
  right: readonly number[],
  combine: (left: number, right: number) => number,
): number {
  return median(left.map((value, round) => combine(value, right[round] ?? Number.NaN)));
}

/** Left by right in each round that both have, for the same reason. */
export function ratiosOfRounds(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.slice(0, right.length).map((value, round) => value / (right[round] ?? Number.NaN));
}

/**
 * How fast `y` grows with `x`, as the power of `x` that the last two points stand for: 0 does not grow, 1 grows in step,
 * 2 grows with the square. Of at least two points in order of `x`, all above 0.
 */
export function growthExponent(points: readonly { readonly x: number; readonly y: number }[]): number {
  const [before, last] = points.slice(-2);
  if (before === undefined || last === undefined) return Number.NaN;
  return Math.log(last.y / before.y) / Math.log(last.x / before.x);
}

/** Between two values, the straight line. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
