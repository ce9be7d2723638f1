import type { Report } from "./report.ts";
import { type Summary, summarise } from "./statistics.ts";
import { figure, isSure, type Row, ratioToReference, type Table, timesOrRange } from "./table.ts";

/** Everything that has the same reference, on one page: what a person looks at first. */
export interface Glance {
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
  /** Above 1 is worse than the reference; of a range, the end that is nearer to it. Undefined for figures without a ratio. */
  readonly worse: number | undefined;
}

/** The proxy that everything is compared with. */
const reference = "haproxy";

export function atAGlance({ benches }: Report): Glance {
  const tables = benches.flatMap(({ group, tables }) =>
    group === "system" ? tables.filter(({ detail }) => !detail) : [],
  );
  const names = [...new Set(tables.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const lines = tables.filter(({ rows }) => rows.length > 0).flatMap((table) => linesOf(table, names));
  const about = `As times ${reference}'s, or the figure itself where it has no ratio. Two numbers are where the middle half of the rounds lies, where that is too wide for one.`;
  return { about, names, lines };
}

function linesOf(table: Table, names: readonly string[]): readonly GlanceLine[] {
  const places = [...new Set(table.rows.map(({ at }) => at))];
  return places.map((place) => ({
    title: place === undefined ? table.title : `${table.title}: ${placeOf(place, table.axis)}`,
    cells: names.map((name) => {
      const row = table.rows.find((candidate) => candidate.name === name && candidate.at === place);
      return row && cellOf(table, row);
    }),
  }));
}

function placeOf(place: number, axis = ""): string {
  return `${figure(place)} ${place === 1 ? axis.replace(/s$/, "") : axis}`;
}

function cellOf(table: Table, row: Row): GlanceCell {
  const own = `${figure(summarise(row.rounds).median)} ${table.unit}`;
  const ratio = ratioToReference(table, row);
  if (ratio === undefined) return { text: own, worse: undefined };
  if (row.name === table.reference) return { text: own, worse: 1 };
  const judged = isSure(ratio) ? ratio.median : nearestToOne(ratio);
  return { text: `× ${timesOrRange(ratio)}`, worse: table.better === "more" ? 1 / judged : judged };
}

/** The least that can be said of a range of ratios. */
function nearestToOne({ lowerQuartile, upperQuartile }: Summary): number {
  return Math.min(Math.max(1, lowerQuartile), upperQuartile);
}
