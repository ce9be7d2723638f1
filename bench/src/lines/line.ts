import type { BenchFolder } from "../peers/bench-folder.ts";
import type { Contestant, Entrant } from "../peers/contestant.ts";
import type { Program } from "../peers/programs.ts";
import type { Target } from "../report/target.ts";

/** Something that is measured of every contestant, once in each round. */
export interface Line<E extends Entrant = Contestant> {
  readonly name: string;
  readonly group: "receive" | "system" | "growth";
  /** One line. */
  readonly about: string;
  readonly rounds: number;
  /** Whether one more round, which does not count, comes before the others. */
  readonly warmsUp: boolean;
  /** Places on the figures' axis: in each round a contestant has a turn at each. Missing where it has one turn. */
  readonly places?: readonly number[];
  /** Programs that have to be installed for the line to be measured at all. */
  readonly needs: readonly Program[];
  /** The kinds of contestant that are measured; default: all. */
  readonly only?: readonly E["kind"][];
  /** The kinds among them that cannot be measured, and why. */
  readonly absent: Partial<Readonly<Record<E["kind"], string>>>;
  /** A table for each. */
  readonly figures: readonly Figure[];
  /** Starts what the contestants need around them, such as targets. */
  open(folder: BenchFolder): Promise<Stage<E>>;
}

export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  /** What `at` of its samples counts. */
  readonly axis?: string;
  readonly better?: "more";
  /** Time that passes, or what is done in it; default time on a CPU, memory, or a count. */
  readonly elapsed?: true;
  /** Left out of the report's first page. */
  readonly detail?: true;
  /** Shown as so much more than the reference's in the same round, which then has no row. A figure as it is may have the same key. */
  readonly beyondReference?: true;
  /** False for figures that are about the measurement itself. Default true. */
  readonly compared?: false;
  /** What ours is to reach. */
  readonly targets: readonly Target[];
}

/** A line under way. */
interface Stage<E extends Entrant> {
  /** The turn of one contestant in one round; `place` is one of the line's, or 0. */
  measure(contestant: E, place: number): Promise<readonly Sample[]>;
  close(): Promise<void>;
}

export interface Sample {
  readonly figure: string;
  /** Default the place of the turn. */
  readonly at?: number;
  readonly value: number;
  /** What a reader who wonders about the value should know. */
  readonly note?: string | undefined;
}

/** A goal: edge-proxy may cost at most this many times what HAProxy does. @param timesOnNewest on the newest Node */
export function atMost(times: number, timesOnNewest: number = times): Target[] {
  return [{ kind: "cost", of: "edge-proxy", over: "haproxy", atMost: times, atMostOnNewest: timesOnNewest }];
}
