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

/** Between two values, the straight line. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
