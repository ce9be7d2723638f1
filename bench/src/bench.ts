import type { NodeRuntime } from "./node-runtime.ts";
import type { Table } from "./report/table.ts";

/** Reports progress while a bench runs: `done` of `total` steps, and what is under way. */
export type Progress = (done: number, total: number, what: string) => void;

export interface BenchContext {
  readonly progress: Progress;
  /** The versions of Node that our own programs run on: first the one that runs this, then others to compare with it. */
  readonly runtimes: readonly NodeRuntime[];
  /** How many rounds to run instead of the bench's own number. */
  readonly rounds?: number | undefined;
}

/** What one name after `pnpm bench` stands for. */
export interface Bench {
  readonly name: string;
  /** A name that means this bench and others. */
  readonly group: string;
  /** One line, for the list of benches and for the report. */
  readonly about: string;
  run(context: BenchContext): Promise<readonly Table[]>;
}
