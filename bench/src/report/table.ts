import { ratiosOfRounds, type Summary, summarise } from "./statistics.ts";

/** One thing measured in several ways, in the same rounds: what a report is made of. Plain data. */
export interface Table {
  readonly title: string;
  /** What was done and to what, in a sentence or two. */
  readonly about: string;
  readonly unit: string;
  readonly rows: readonly Row[];
  /** Name of the row that the others are compared with. */
  readonly reference?: string;
  /** How: by how often the work is done, or by the figures as they are. Default `rate`. */
  readonly comparedBy?: "rate" | "cost";
  /** What is to be wished for. Default `less`. */
  readonly better?: "less" | "more";
  /** What `at` of the rows counts: the table is a set of curves. */
  readonly axis?: string;
  /** Time that passes, not time that is spent: whoever else needs the processors makes it longer, and not for all alike. */
  readonly elapsed?: true;
  /** About how something came about rather than what it comes to: not for the first page. */
  readonly detail?: true;
  /** What a person should know who wonders about a figure. */
  readonly notes?: readonly string[];
  /** Who cannot do this work, and why. */
  readonly absent: readonly string[];
  readonly verdicts: readonly Verdict[];
}

export interface Row {
  readonly name: string;
  /** In a table with an axis: where on it. */
  readonly at?: number;
  /** One value for each round, in their order. */
  readonly rounds: readonly number[];
}

/** Whether a promise about the rows is kept. */
export interface Verdict {
  readonly kind: "ratio" | "cost" | "difference" | "figure" | "growth";
  /** At which place of the axis; missing where it is about the whole table. */
  readonly at?: number;
  /** `Node 26.10.0`; missing for the Node that runs the bench. */
  readonly node?: string;
  /** What was wanted at most, or at least for a `ratio`. */
  readonly limit: number;
  readonly met: boolean;
  readonly measured: number;
  /** For people: what was wanted, what was measured. */
  readonly text: string;
}

/** Of a row's name: the Node beside the one that runs the bench. */
export function nodeOf(name: string): string | undefined {
  return /, (Node \S+)$/.exec(name)?.[1];
}

/** The row of this name at the same place of the axis as another, and of the same Node where it has one there. */
export function rowBeside(rows: readonly Row[], name: string, other: Pick<Row, "name" | "at">): Row | undefined {
  const node = nodeOf(other.name);
  const there = rows.filter(({ at }) => at === other.at);
  return there.find((row) => row.name === `${name}, ${node}`) ?? there.find((row) => row.name === name);
}

/** What a row is compared with. */
function referenceOf({ rows, reference }: Table, row: Row): Row | undefined {
  return reference === undefined ? undefined : rowBeside(rows, reference, row);
}

/** Whether others are compared with it, and it with none. */
export function isReference(table: Table, row: Row): boolean {
  return referenceOf(table, row) === row;
}

/** `1 worker`, `5 000 flows`. */
export function placeName(place: number, axis = ""): string {
  return `${figure(place)} ${place === 1 ? axis.replace(/s$/, "") : axis}`;
}

/** What a row comes to beside its reference; undefined where that says nothing. */
export function ratioToReference(table: Table, row: Row): Summary | undefined {
  const ratios = ratiosToReference(table, row);
  return ratios && summarise(ratios);
}

/** Round by round. */
export function ratiosToReference(table: Table, row: Row): readonly number[] | undefined {
  const reference = referenceOf(table, row);
  if (reference === undefined) return undefined;
  const ratios =
    (table.comparedBy ?? "rate") === "cost"
      ? ratiosOfRounds(row.rounds, reference.rounds)
      : ratiosOfRounds(reference.rounds, row.rounds);
  // Nothing beside nothing, as with failures that did not happen.
  return ratios.length > 0 && ratios.every(Number.isFinite) ? ratios : undefined;
}

/** As many digits as a person wants to see. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) {
    return Math.round(value)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, "\u202f");
  }
  return value.toFixed(size >= 1 ? 1 : 3);
}

/** A ratio, and where its middle half lies. */
export function timesWithSpread({ median, lowerQuartile, upperQuartile }: Summary): string {
  return `${times(median)} (${times(lowerQuartile)} to ${times(upperQuartile)})`;
}

/** A ratio: two digits behind the point, unless they would say nothing. */
export function times(ratio: number): string {
  if (ratio >= 100) return figure(ratio);
  return Math.abs(ratio) >= 0.1 || ratio === 0 ? ratio.toFixed(2) : ratio.toPrecision(1);
}

/** Of the middle half of the rounds, its upper end by its lower: beyond it one number would pretend to know. */
const widest = 1.25;

export function isSure({ lowerQuartile, upperQuartile }: Summary): boolean {
  return upperQuartile <= widest * lowerQuartile;
}

/** A ratio, or where its middle half lies when that is too wide for one number. */
export function timesOrRange(ratio: Summary): string {
  return isSure(ratio) ? times(ratio.median) : `${times(ratio.lowerQuartile)} to ${times(ratio.upperQuartile)}`;
}
