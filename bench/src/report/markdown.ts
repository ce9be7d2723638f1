import { factsOf } from "./facts.ts";
import { glancesOf } from "./glance.ts";
import { describeShare, isDisturbing } from "./others.ts";
import { placeTable } from "./place-table.ts";
import type { Report } from "./report.ts";
import { headlines } from "./standing.ts";
import { summarise } from "./statistics.ts";
import { figure, ratioToReference, type Table, times } from "./table.ts";

/** The whole report. */
export function formatReport(report: Report): string {
  const { benches } = report;
  const parts = [
    "# edgekit benchmarks",
    factsOf(report)
      .map((fact) => `- ${fact}`)
      .join("\n"),
  ];
  const missed = missedTargets(report);
  parts.push([...headlines(report), ...missed.map((text) => `- **missed**: ${text}`)].join("\n\n"));
  for (const { title, about, names, lines } of glancesOf(report)) {
    const rows = lines.map((line) => [line.title, ...line.cells.map((cell) => cell?.text ?? "")]);
    parts.push(`## ${title} at a glance\n\n${about}\n\n${grid([["", ...names], ...rows])}`);
  }
  for (const { name, about, failure, tables, others } of benches) {
    parts.push(
      `## ${name}: ${about}`,
      ...(isDisturbing(others) ? [`${describeShare(others)}: repeat before believing it.`] : []),
      ...(failure === undefined ? [] : [`**failed**: ${failure}`]),
      ...tables.map(formatTable),
    );
  }
  return `${parts.join("\n\n")}\n`;
}

function missedTargets({ benches }: Report): readonly string[] {
  return benches.flatMap(({ tables }) =>
    tables.flatMap(({ title, verdicts }) => verdicts.filter(({ met }) => !met).map(({ text }) => `${title}: ${text}`)),
  );
}

/** Markdown that can also be read as it is, in a terminal. */
export function formatTable(table: Table): string {
  const { title, about, rows, verdicts, notes: remarks = [], absent } = table;
  const notes = [
    ...verdicts.map(({ met, text }) => `- ${met ? "met" : "**missed**"}: ${text}`),
    ...remarks.map((text) => `- ${text}`),
    ...absent.map((text) => `- not here: ${text}`),
  ];
  const figures = rows.length === 0 ? [] : [grid(table.axis === undefined ? bars(table) : placeTable(table))];
  return [`### ${title}`, about, ...figures, ...(notes.length ? [notes.join("\n")] : [])].join("\n\n");
}

/** A row for each contestant. */
function bars(table: Table): readonly (readonly string[])[] {
  const { unit, reference, comparedBy = "rate", rows } = table;
  const compared = rows.some((row) => ratioToReference(table, row) !== undefined);
  const head = ["", `median ${unit}`, "middle half of the rounds"];
  if (compared) head.push(`${comparedBy === "rate" ? "rate " : ""}/ ${reference}`, "middle half");
  const lines = rows.map((row) => {
    const { median, lowerQuartile, upperQuartile } = summarise(row.rounds);
    const cells = [row.name, figure(median), `${figure(lowerQuartile)} to ${figure(upperQuartile)}`];
    const ratio = ratioToReference(table, row);
    if (compared && ratio === undefined) cells.push("", "");
    if (ratio !== undefined) {
      cells.push(times(ratio.median), `${times(ratio.lowerQuartile)} to ${times(ratio.upperQuartile)}`);
    }
    return cells;
  });
  return [head, ...lines];
}

/** The first column is text and stands left, the others are figures and stand right. */
export function grid(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const pad = (row: readonly string[]): string[] =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head = [], ...body] = rows;
  return [line(pad(head)), line(rule), ...body.map((row) => line(pad(row)))].join("\n");
}
