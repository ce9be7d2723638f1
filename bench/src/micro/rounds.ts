import Benchmark from "benchmark";
import { median } from "../report/statistics.ts";
import type { Row } from "../report/table.ts";
import type { Contestant } from "./line.ts";

/**
 * Seconds: in each round a contestant has five samples or more of `minTime` each, and calibration before them. Long
 * enough for the garbage collector to have its turn in each, short enough for some not to be disturbed by others.
 */
const options: Benchmark.Options = { minTime: 0.01, maxTime: 0.08, minSamples: 5 };

/**
 * Nanoseconds for one input of each contestant, in interleaved rounds: in every round each has its turn, so a disturbance
 * of the machine meets all of them and the ratio within a round stands. The first round warms up and does not count.
 */
export function measureRounds(
  contestants: readonly Contestant[],
  rounds: number,
  onRound: (round: number) => void,
): readonly Row[] {
  const rows = contestants.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    contestants.forEach((contestant, index) => {
      const nanoseconds = measure(contestant);
      if (round > 0) rows[index]?.rounds.push(nanoseconds);
    });
  }
  return rows;
}

function measure(contestant: Contestant): number {
  const benchmark = new Benchmark(contestant.name, contestant.run, options).run();
  if (benchmark.error) throw benchmark.error;
  return (1e9 * median(benchmark.stats.sample as number[])) / contestant.inputs;
}
