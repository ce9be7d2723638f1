import { medianOfRounds, summarise } from "./statistics.ts";

/** One thing measured in several ways, in the same rounds. Smaller is better. */
export interface Table {
  readonly title: string;
  /** What was done and to what, in a sentence or two. */
  readonly about: string;
  readonly unit: string;
  readonly rows: readonly Row[];
  /** Name of the row that the others are compared with. */
  readonly reference?: string;
  /** How: by how often the work is done, or by what it costs. Default `rate`. */
  readonly comparedBy?: "rate" | "cost";
  /** Who cannot do this work, and why. */
  readonly absent: readonly string[];
  readonly verdicts: readonly Verdict[];
}

export interface Row {
  readonly name: string;
  /** One value for each round, in their order. */
  readonly rounds: readonly number[];
}

/** Whether a promise about the rows is kept. */
export interface Verdict {
  readonly met: boolean;
  readonly measured: number;
  /** For people: what was wanted, what was measured. */
  readonly text: string;
}

/** Markdown that can also be read as it is, in a terminal. */
export function formatTable(table: Table): string {
  const reference = table.rows.find(({ name }) => name === table.reference);
  const head = ["", `median ${table.unit}`, "middle half of the rounds"];
  const by = table.comparedBy ?? "rate";
  if (reference) head.push(`${by} / ${reference.name}`);
  const ratio = (mine: number, theirs: number): number => (by === "cost" ? mine / theirs : theirs / mine);
  const lines = table.rows.map((row) => {
    const { median, lowerQuartile, upperQuartile } = summarise(row.rounds);
    const cells = [row.name, figure(median), `${figure(lowerQuartile)} to ${figure(upperQuartile)}`];
    if (reference) cells.push(medianOfRounds(row.rounds, reference.rounds, ratio).toFixed(2));
    return cells;
  });
  const notes = [
    ...table.verdicts.map(({ met, text }) => `- ${met ? "met" : "**missed**"}: ${text}`),
    ...table.absent.map((text) => `- not here: ${text}`),
  ];
  const parts = [`## ${table.title}`, table.about, grid([head, ...lines]), ...(notes.length ? [notes.join("\n")] : [])];
  return parts.join("\n\n");
}

function figure(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** The first column is text and stands left, the others are figures and stand right. */
function grid(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const pad = (row: readonly string[]): string[] =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head = [], ...body] = rows;
  return [line(pad(head)), line(rule), ...body.map((row) => line(pad(row)))].join("\n");
}
