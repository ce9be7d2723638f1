import type { BenchFolder } from "../peers/bench-folder.ts";
import type { Contestant, Kind } from "../peers/contestant.ts";
import type { Program } from "../peers/programs.ts";
import type { Target } from "../report/target.ts";

/** Something that is measured of each proxy, once in each round. */
export interface Line {
  readonly name: string;
  readonly group: "system" | "growth";
  /** One line. */
  readonly about: string;
  readonly rounds: number;
  /** One more round before them does not count. */
  readonly warmsUp: boolean;
  /** Where on the axis of its figures everybody has a turn of its own in each round; missing where there is one turn. */
  readonly places?: readonly number[];
  /** Programs without which nobody can be measured. */
  readonly needs: readonly Program[];
  /** Who is measured; default all. */
  readonly only?: readonly Kind[];
  /** Who of those is not, and why. */
  readonly absent: Partial<Readonly<Record<Kind, string>>>;
  /** A table for each. */
  readonly figures: readonly Figure[];
  /** Starts what is needed beside the proxies. */
  open(folder: BenchFolder): Promise<Stage>;
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
  /** False for figures that are about the measurement itself. Default true. */
  readonly compared?: false;
  /** Of edge-proxy. */
  readonly targets: readonly Target[];
}

/** A line under way. */
interface Stage {
  /** The turn of one contestant in one round; `place` is one of the line's, or 0. */
  measure(contestant: Contestant, place: number): Promise<readonly Sample[]>;
  close(): Promise<void>;
}

export interface Sample {
  readonly figure: string;
  /** Default the place of the turn. */
  readonly at?: number;
  readonly value: number;
  /** What a person should know who wonders about the value. */
  readonly note?: string | undefined;
}

/** edge-proxy may cost at most so many times what HAProxy does. */
export function atMost(times: number): Target[] {
  return [{ kind: "cost", of: "edge-proxy", over: "haproxy", atMost: times }];
}
