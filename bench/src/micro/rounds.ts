import Benchmark from "benchmark";
import { summarise } from "../report/statistics.ts";
import type { Row } from "../report/table.ts";
import type { Contestant } from "./line.ts";

/**
 * Seconds: in each round a contestant is given eight samples or more of `minTime` each, and calibration before them.
 * Short ones, of which some fit between two turns of whoever else wants the core.
 */
const options: Benchmark.Options = { minTime: 0.005, maxTime: 0.06, minSamples: 8 };

/**
 * Nanoseconds for one run of each contestant, in interleaved rounds: in every round each has its turn, so a disturbance
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
  // Others only ever add time. Not the least sample: there are those in which the garbage collector had no turn.
  return 1e9 * summarise(benchmark.stats.sample as number[]).lowerQuartile;
}
