/** Counts durations in buckets. Recording adds to plain numbers. */
export class Histogram {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** How many fell into each bucket; the last one has no bound. */
  readonly counts: number[];
  sumSeconds = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  record(seconds: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sumSeconds += seconds;
    this.count++;
  }
}

/** From half a millisecond, a target on the same machine, to the longest connect timeouts. */
export const connectBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** From one request to connections that stay for hours. */
export const flowBounds: readonly number[] = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 350, 1_800, 6_000, 21_600];

/** Health checks end at their timeout, which is 120 s at most. */
export const checkBounds: readonly number[] = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 120];
