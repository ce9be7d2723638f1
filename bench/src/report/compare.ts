import { grid } from "./markdown.ts";
import { describeShare, isDisturbing } from "./others.ts";
import type { Report } from "./report.ts";
import { type Summary, summarise } from "./statistics.ts";
import { figure, isReference, type Row, ratiosToReference, type Table, times, timesWithSpread } from "./table.ts";

/** Two runs, row by row. */
export interface Comparison {
  /** Why the figures may not be comparable. */
  readonly warnings: readonly string[];
  readonly changes: readonly Change[];
}

export interface Change {
  readonly bench: string;
  readonly title: string;
  readonly row: string;
  readonly unit: string;
  /** What is compared: the ratio to this row of the same run, or the figure itself. */
  readonly basis: string | undefined;
  readonly before: number;
  readonly after: number;
  /** After by before, and where it may lie by the spread of both runs. */
  readonly ratio: Summary;
  readonly verdict: "better" | "worse" | "within noise" | "too few rounds" | "busy machine";
}

/** Smaller changes come and go with where the linker and the allocator put things. */
const noiseFloor = 0.05;
/** With fewer rounds two middle halves are often apart by chance, so that more is asked for. */
const manyRounds = 5;
const noiseFloorOfFew = 0.2;

/**
 * What changed from one run to another. Rows with a reference are compared by their ratio to it: machines have good and bad
 * days, and both rows have them together.
 */
export function compareReports(before: Report, after: Report): Comparison {
  const differences = (["cpu", "cores", "kernel", "node"] as const)
    .filter((fact) => before.machine[fact] !== after.machine[fact])
    .map((fact) => `not the same ${fact}: ${before.machine[fact]} before, ${after.machine[fact]} now`);
  for (const [name, version] of Object.entries(after.machine.versions)) {
    const old = before.machine.versions[name];
    if (old !== undefined && old !== version) differences.push(`not the same ${name}: ${old} before, ${version} now`);
  }
  const busy = [before, after].flatMap(({ benches, finishedAt }) =>
    benches.flatMap(({ name, others }) =>
      isDisturbing(others) ? [`${name}, in the run of ${finishedAt}: ${describeShare(others)}`] : [],
    ),
  );
  const changes = after.benches.flatMap((bench) => {
    const old = before.benches.find(({ name }) => name === bench.name);
    const disturbed = isDisturbing(old?.others) || isDisturbing(bench.others);
    return bench.tables.flatMap((table) => {
      const oldTable = old?.tables.find(({ title }) => title === table.title);
      if (oldTable === undefined) return [];
      const changes = changesOf(bench.name, oldTable, table);
      return disturbed && table.elapsed ? changes.map(notToBeTold) : changes;
    });
  });
  return { warnings: [...differences, ...busy], changes };
}

function changesOf(bench: string, before: Table, after: Table): readonly Change[] {
  return after.rows.flatMap((row) => {
    const old = before.rows.find(({ name, at }) => name === row.name && at === row.at);
    if (old === undefined) return [];
    const values = comparable(before, old, after, row);
    const ratio = ratioOf(spreadOf(values.before), spreadOf(values.after));
    if (ratio === undefined) return [];
    const rate = values.relative && (after.comparedBy ?? "rate") === "rate";
    const moreIsBetter = rate || after.better === "more";
    return [
      {
        bench,
        title: after.title,
        row: row.at === undefined ? row.name : `${row.name}, ${figure(row.at)} ${after.axis}`,
        unit: values.relative ? "×" : after.unit,
        basis: values.relative ? after.reference : undefined,
        before: summarise(values.before).median,
        after: summarise(values.after).median,
        ratio,
        verdict: judgeRatio(ratio, Math.min(values.before.length, values.after.length), moreIsBetter),
      },
    ];
  });
}

interface Comparable {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly relative: boolean;
}

function comparable(before: Table, old: Row, after: Table, row: Row): Comparable {
  const oldRatios = ratiosToReference(before, old);
  const newRatios = ratiosToReference(after, row);
  const sameReference = before.reference === after.reference && !isReference(after, row);
  if (sameReference && oldRatios !== undefined && newRatios !== undefined) {
    return { before: oldRatios, after: newRatios, relative: true };
  }
  return { before: old.rounds, after: row.rounds, relative: false };
}

/** The middle half of the rounds; of few rounds all, because half of two says nothing about a third. */
function spreadOf(values: readonly number[]): Summary {
  const summary = summarise(values);
  if (values.length >= manyRounds) return summary;
  return { median: summary.median, lowerQuartile: Math.min(...values), upperQuartile: Math.max(...values) };
}

/** The widest that the two spreads allow. Undefined where there is nothing to divide by. */
function ratioOf(before: Summary, after: Summary): Summary | undefined {
  if (before.median === 0 && after.median === 0) return undefined;
  return {
    median: after.median / before.median,
    lowerQuartile: after.lowerQuartile / before.upperQuartile,
    upperQuartile: after.upperQuartile / before.lowerQuartile,
  };
}

function judgeRatio(
  { median, lowerQuartile, upperQuartile }: Summary,
  rounds: number,
  moreIsBetter: boolean,
): Change["verdict"] {
  if (rounds < 2) return "too few rounds";
  const floor = rounds < manyRounds ? noiseFloorOfFew : noiseFloor;
  const overlap = lowerQuartile <= 1 && upperQuartile >= 1;
  if (overlap || Math.abs(median - 1) < floor) return "within noise";
  return median > 1 === moreIsBetter ? "better" : "worse";
}

/** Of time that passed while others needed the processors. */
function notToBeTold(change: Change): Change {
  return isBeyondNoise(change) ? { ...change, verdict: "busy machine" } : change;
}

export function isBeyondNoise({ verdict }: Change): boolean {
  return verdict === "better" || verdict === "worse";
}

/** What changed beyond the noise first, then the rest in their order. */
export function formatComparison({ warnings, changes }: Comparison): string {
  const order = [...changes].sort((a, b) => Number(isBeyondNoise(b)) - Number(isBeyondNoise(a)));
  const rows = order.map(({ title, row, basis, unit, before, after, ratio, verdict }) => {
    const amount = basis === undefined ? figure : times;
    return [
      `${title}: ${row}${basis === undefined ? "" : ` / ${basis}`}`,
      `${amount(before)} ${unit}`,
      `${amount(after)} ${unit}`,
      timesWithSpread(ratio),
      verdict,
    ];
  });
  const parts = ["## What changed", ...(warnings.length ? [warnings.map((text) => `- ${text}`).join("\n")] : [])];
  parts.push(
    rows.length ? grid([["", "before", "now", "now / before", ""], ...rows]) : "The two runs have no row in common.",
  );
  return parts.join("\n\n");
}
