import { growthExponent, median, medianOfRounds } from "./statistics.ts";
import { figure, nodeOf, type Row, rowBeside, type Verdict } from "./table.ts";

/** What we promise about the rows of a table, each named by its contestant. */
export type Target =
  | { readonly kind: "ratio"; readonly of: string; readonly over: string; readonly atLeast: number }
  | CostTarget
  | { readonly kind: "difference"; readonly of: string; readonly minus: string; readonly atMost: number }
  | { readonly kind: "figure"; readonly of: string; readonly at?: number; readonly atMost: number }
  /** How many times as much ten times as many may cost, from the last place of the axis but one to the last. */
  | { readonly kind: "growth"; readonly of: string; readonly atMost: number };

interface CostTarget {
  readonly kind: "cost";
  readonly of: string;
  readonly over: string;
  readonly atMost: number;
  /** For the newest Node, where that has rows of its own; default the same. */
  readonly atMostOnNewest?: number;
}

/** The target itself and, for a cost, the same for the rows of another Node, over what was measured on that Node if it was. */
export function onEachNode(target: Target, rows: readonly Row[]): readonly Target[] {
  if (target.kind !== "cost") return [target];
  const others = rows.filter(({ name }) => nodeOf(name) !== undefined && name.startsWith(`${target.of},`));
  const { atMostOnNewest = target.atMost } = target;
  return [
    target,
    ...others.map(({ name }) => {
      const over = rowBeside(rows, target.over, { name })?.name ?? target.over;
      return { ...target, of: name, over, atMost: atMostOnNewest };
    }),
  ];
}

export function judge(target: Target, rows: readonly Row[], unit: string): Verdict {
  if (target.kind === "growth") return judgeGrowth(target, rows);
  const limit = target.kind === "ratio" ? target.atLeast : target.atMost;
  const place = target.kind === "figure" && target.at !== undefined ? { at: target.at } : {};
  const node = nodeOf(target.of);
  const wanted = { kind: target.kind, limit, ...place, ...(node === undefined ? {} : { node }) };
  const of = roundsOf(rows, target.of, target.kind === "figure" ? target.at : undefined);
  if (target.kind === "ratio") {
    const measured = medianOfRounds(of, roundsOf(rows, target.over), (mine, theirs) => theirs / mine);
    const met = measured >= target.atLeast;
    const text = `${target.of}: at least ${target.atLeast} times the rate of ${target.over}`;
    return { ...wanted, measured, met, text: `${text}; measured ${measured.toFixed(1)} times` };
  }
  if (target.kind === "cost") {
    const measured = medianOfRounds(of, roundsOf(rows, target.over), (mine, theirs) => mine / theirs);
    const met = measured <= target.atMost;
    const text = `${target.of}: at most ${target.atMost} times the cost of ${target.over}`;
    return { ...wanted, measured, met, text: `${text}; measured ${measured.toFixed(2)} times` };
  }
  if (target.kind === "difference") {
    const measured = medianOfRounds(of, roundsOf(rows, target.minus), (dear, cheap) => dear - cheap);
    const met = measured <= target.atMost;
    const text = `${target.of}: at most ${target.atMost} ${unit} more than ${target.minus}`;
    return { ...wanted, measured, met, text: `${text}; measured ${figure(measured)} ${unit}` };
  }
  const measured = median(of);
  const at = target.at === undefined ? "" : ` at ${figure(target.at)}`;
  const text = `${target.of}${at}: at most ${target.atMost} ${unit}`;
  return { ...wanted, measured, met: measured <= target.atMost, text: `${text}; measured ${figure(measured)} ${unit}` };
}

function judgeGrowth({ kind, of, atMost }: Target & { readonly kind: "growth" }, rows: readonly Row[]): Verdict {
  const points = rows
    .filter(({ name }) => name === of)
    .map(({ at = 0, rounds }) => ({ x: at, y: median(rounds) }))
    .sort((a, b) => a.x - b.x);
  const measured = 10 ** growthExponent(points);
  const [from, to] = points.slice(-2).map(({ x }) => figure(x));
  const text = `${of}, from ${from} to ${to}: ten times as many cost at most ${atMost} times as much`;
  return {
    kind,
    limit: atMost,
    measured,
    met: measured <= atMost,
    text: `${text}; measured ${measured.toFixed(2)} times`,
  };
}

function roundsOf(rows: readonly Row[], name: string, at?: number): readonly number[] {
  const row = rows.find((candidate) => candidate.name === name && candidate.at === at);
  if (row === undefined) throw new Error(`no row is called "${name}"`);
  return row.rounds;
}
