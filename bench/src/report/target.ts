import { median, medianOfRounds } from "./statistics.ts";
import type { Row, Verdict } from "./table.ts";

/** What we promise about the rows of a table, each named by its contestant. */
export type Target =
  | { readonly kind: "ratio"; readonly of: string; readonly over: string; readonly atLeast: number }
  | { readonly kind: "cost"; readonly of: string; readonly over: string; readonly atMost: number }
  | { readonly kind: "difference"; readonly of: string; readonly minus: string; readonly atMost: number }
  | { readonly kind: "figure"; readonly of: string; readonly atMost: number };

export function judge(target: Target, rows: readonly Row[], unit: string): Verdict {
  const of = roundsOf(rows, target.of);
  if (target.kind === "ratio") {
    const measured = medianOfRounds(of, roundsOf(rows, target.over), (mine, theirs) => theirs / mine);
    const met = measured >= target.atLeast;
    const text = `${target.of}: at least ${target.atLeast} times the rate of ${target.over}`;
    return { measured, met, text: `${text}; measured ${measured.toFixed(1)} times` };
  }
  if (target.kind === "cost") {
    const measured = medianOfRounds(of, roundsOf(rows, target.over), (mine, theirs) => mine / theirs);
    const met = measured <= target.atMost;
    const text = `${target.of}: at most ${target.atMost} times the cost of ${target.over}`;
    return { measured, met, text: `${text}; measured ${measured.toFixed(2)} times` };
  }
  if (target.kind === "difference") {
    const measured = medianOfRounds(of, roundsOf(rows, target.minus), (dear, cheap) => dear - cheap);
    const met = measured <= target.atMost;
    const text = `${target.of}: at most ${target.atMost} ${unit} more than ${target.minus}`;
    return { measured, met, text: `${text}; measured ${measured.toFixed(1)} ${unit}` };
  }
  const measured = median(of);
  const text = `${target.of}: at most ${target.atMost} ${unit}`;
  return { measured, met: measured <= target.atMost, text: `${text}; measured ${measured.toFixed(1)} ${unit}` };
}

function roundsOf(rows: readonly Row[], name: string): readonly number[] {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no row is called "${name}"`);
  return row.rounds;
}
