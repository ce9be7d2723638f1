import { isDisturbing } from "./others.ts";
import type { BenchReport, Report } from "./report.ts";
import { type Summary, summarise } from "./statistics.ts";
import {
  figure,
  isReference,
  isSure,
  placeName,
  type Row,
  ratioToReference,
  type Table,
  timesOrRange,
} from "./table.ts";

/** Everything that has the same reference, on one page: what a person looks at first. */
export interface Glance {
  readonly title: string;
  /** What all are compared with; undefined when it was not there. */
  readonly reference: string | undefined;
  readonly about: string;
  readonly names: readonly string[];
  readonly lines: readonly GlanceLine[];
}

interface GlanceLine {
  readonly title: string;
  /** One for each of the names; undefined for who is not there. */
  readonly cells: readonly (GlanceCell | undefined)[];
}

interface GlanceCell {
  readonly text: string;
  /** Above 1 is worse than the reference; of a range, the end that is nearer to it. Undefined where there is nothing to judge. */
  readonly worse: number | undefined;
}

/** The groups whose benches all have the same contestants. */
const groups = { receive: "Servers that read PROXY headers", system: "Proxies" };

/** One for each group that was measured. */
export function glancesOf({ benches }: Report): readonly Glance[] {
  return Object.entries(groups)
    .map(([group, title]) =>
      atAGlance(
        title,
        benches.filter((bench) => bench.group === group),
      ),
    )
    .filter(({ lines }) => lines.length > 0);
}

function atAGlance(title: string, benches: readonly BenchReport[]): Glance {
  const shown = benches.flatMap(({ tables, others }) => {
    const own = tables.filter(({ rows, detail }) => rows.length > 0 && !detail);
    return own.map((table) => ({ table, judged: !(table.elapsed && isDisturbing(others)) }));
  });
  const names = [...new Set(shown.flatMap(({ table }) => table.rows.map(({ name }) => name)))];
  const lines = shown.flatMap(({ table, judged }) => linesOf(table, names, judged));
  const reference = shown.find(({ table }) => table.reference !== undefined)?.table.reference;
  const about = `${reference === undefined ? "The figure itself" : `As times that of ${reference}, or the figure itself where it has no ratio`}. Two numbers are where the middle half of the rounds lies, where that is too wide for one. Latencies and rates during which others were at work have no colour.`;
  return { title, reference, about, names, lines };
}

function linesOf(table: Table, names: readonly string[], judged: boolean): readonly GlanceLine[] {
  const places = [...new Set(table.rows.map(({ at }) => at))];
  return places.map((place) => ({
    title: place === undefined ? table.title : `${table.title}: ${placeName(place, table.axis)}`,
    cells: names.map((name) => {
      const row = table.rows.find((candidate) => candidate.name === name && candidate.at === place);
      const cell = row && cellOf(table, row);
      return cell && (judged ? cell : { ...cell, worse: undefined });
    }),
  }));
}

function cellOf(table: Table, row: Row): GlanceCell {
  const own = `${figure(summarise(row.rounds).median)} ${table.unit}`;
  const ratio = ratioToReference(table, row);
  if (ratio === undefined) return { text: own, worse: undefined };
  if (isReference(table, row)) return { text: own, worse: 1 };
  const judged = isSure(ratio) ? ratio.median : nearestToOne(ratio);
  return { text: `× ${timesOrRange(ratio)}`, worse: table.better === "more" ? 1 / judged : judged };
}

/** The least that can be said of a range of ratios. */
function nearestToOne({ lowerQuartile, upperQuartile }: Summary): number {
  return Math.min(Math.max(1, lowerQuartile), upperQuartile);
}
