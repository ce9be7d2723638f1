import type { Table } from "./report/table.ts";

/** Told while a bench runs: `done` of `total` steps, and what is under way. */
export type Progress = (done: number, total: number, what: string) => void;

/** One name after `pnpm bench`. */
export interface Bench {
  readonly name: string;
  /** One line, for the list of what there is and for the report. */
  readonly about: string;
  run(progress: Progress): Promise<readonly Table[]>;
}
