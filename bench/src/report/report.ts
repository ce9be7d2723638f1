import { readFile } from "node:fs/promises";
import type { Machine } from "./machine.ts";
import type { Table } from "./table.ts";

/** Raised when a reader of the JSON must know. */
export const reportFormat = 2;

/** All that a run has to tell, every raw round included. */
export interface Report {
  readonly format: typeof reportFormat;
  readonly machine: Machine;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly benches: readonly BenchReport[];
}

export interface BenchReport {
  readonly name: string;
  readonly group: string;
  readonly about: string;
  /** Why there are no tables. */
  readonly failure?: string;
  readonly tables: readonly Table[];
  /** How long it took. */
  readonly seconds?: number;
  /** Which part of all processors others had meanwhile, 0 to 1; missing where that is not known. */
  readonly others?: number;
}

/**
 * What an earlier run has written.
 * @throws Error that says what is wrong with the file
 */
export async function readReport(path: string): Promise<Report> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read: ${error.code ?? error.message}`);
  });
  let parsed: Partial<Report> | null;
  try {
    parsed = JSON.parse(text) as Partial<Report> | null;
  } catch {
    throw new Error(`${path} is not JSON; give the .json that an earlier run has written`);
  }
  if (parsed?.format !== reportFormat) {
    throw new Error(`${path} is no report of format ${reportFormat}; run the bench again at that commit`);
  }
  if (!Array.isArray(parsed.benches) || typeof parsed.machine !== "object") {
    throw new Error(`${path} has no benches or no machine; give the whole .json that an earlier run has written`);
  }
  return parsed as Report;
}
