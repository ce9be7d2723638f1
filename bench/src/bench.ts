import type { NodeRuntime } from "./node-runtime.ts";
import type { Table } from "./report/table.ts";

/** Told while a bench runs: `done` of `total` steps, and what is under way. */
export type Progress = (done: number, total: number, what: string) => void;

export interface BenchContext {
  readonly progress: Progress;
  /** Which Nodes run what is ours: first the one that runs this, then others to be shown beside it. */
  readonly runtimes: readonly NodeRuntime[];
  /** As many rounds in place of the bench's own number. */
  readonly rounds?: number | undefined;
}

/** One name after `pnpm bench`. */
export interface Bench {
  readonly name: string;
  /** A name that means this bench and others. */
  readonly group: string;
  /** One line, for the list of what there is and for the report. */
  readonly about: string;
  run(context: BenchContext): Promise<readonly Table[]>;
}
