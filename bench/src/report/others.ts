import { readFileSync } from "node:fs";
import type { BenchReport } from "./report.ts";

/** Processor time so far, in ticks of the kernel. */
export interface ProcessorTimes {
  /** Of all processors, idle or not. */
  readonly total: number;
  /** Spent by any program here, and by other machines on the same hardware while programs here wanted to run. */
  readonly spent: number;
  /** Spent by this process and by those it has started that have ended. */
  readonly ours: number;
}

/** From this share on others may well have moved a figure. */
const disturbing = 0.1;

/** Undefined where the kernel does not tell. */
export function processorTimes(): ProcessorTimes | undefined {
  try {
    return parseTimes(readFileSync("/proc/stat", "utf8"), readFileSync("/proc/self/stat", "utf8"));
  } catch {
    return undefined;
  }
}

export function parseTimes(machine: string, self: string): ProcessorTimes {
  const times = machine.split("\n")[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  // Whose interrupts are served nobody knows: the loopback's are mostly ours.
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = times;
  // Behind the program's name, which may have blanks: fields 14 to 17, its own user and system time and its children's.
  const own = self
    .slice(self.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15)
    .map(Number);
  return { total: sum(times), spent: user + nice + system + steal, ours: sum(own) };
}

/** Which part of all processors others had from one look to another, 0 to 1. */
export function shareOfOthers(before: ProcessorTimes, after: ProcessorTimes): number {
  const total = after.total - before.total;
  const others = after.spent - before.spent - (after.ours - before.ours);
  return total > 0 ? Math.max(0, others / total) : 0;
}

/** Of a whole run; undefined where it is not known. */
export function shareInAll(benches: readonly BenchReport[]): number | undefined {
  const known = benches.flatMap(({ seconds = 0, others }) => (others === undefined ? [] : [{ seconds, others }]));
  const seconds = sum(known.map((bench) => bench.seconds));
  return seconds > 0 ? sum(known.map((bench) => bench.seconds * bench.others)) / seconds : undefined;
}

export function isDisturbing(share: number | undefined): share is number {
  return share !== undefined && share >= disturbing;
}

export function describeShare(share: number): string {
  return `others took ${Math.round(100 * share)} % of the processors meanwhile`;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
