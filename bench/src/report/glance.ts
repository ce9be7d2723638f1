import type { Report } from "./report.ts";
import { summarise } from "./statistics.ts";
import { figure, type Row, ratioToReference, type Table, times } from "./table.ts";

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
  /** Above 1 is worse than the reference; undefined for figures without a ratio, or with one that is not known well enough. */
  readonly worse: number | undefined;
}

/** Of the middle half of the rounds, its upper end by its lower: beyond it one number would pretend to know. */
const widest = 1.25;

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
    title: place === undefined ? table.title : `${table.title}: ${figure(place)} ${table.axis}`,
    cells: names.map((name) => {
      const row = table.rows.find((candidate) => candidate.name === name && candidate.at === place);
      return row && cellOf(table, row);
    }),
  }));
}

function cellOf(table: Table, row: Row): GlanceCell {
  const own = `${figure(summarise(row.rounds).median)} ${table.unit}`;
  const ratio = ratioToReference(table, row);
  if (ratio === undefined) return { text: own, worse: undefined };
  if (row.name === table.reference) return { text: own, worse: 1 };
  const { median, lowerQuartile, upperQuartile } = ratio;
  if (upperQuartile > widest * lowerQuartile) {
    return { text: `× ${times(lowerQuartile)} to ${times(upperQuartile)}`, worse: undefined };
  }
  return { text: `× ${times(median)}`, worse: table.better === "more" ? 1 / median : median };
}
