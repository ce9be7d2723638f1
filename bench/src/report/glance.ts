import type { Report } from "./report.ts";
import { summarise } from "./statistics.ts";
import { figure, ratioToReference, type Table, times } from "./table.ts";

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
  /** Above 1 is worse than the reference; undefined for figures without a ratio. */
  readonly worse: number | undefined;
}

/** The proxy that everything is compared with. */
const reference = "haproxy";

export function atAGlance({ benches }: Report): Glance {
  const tables = benches.flatMap(({ group, tables }) => (group === "system" ? tables : []));
  const names = [...new Set(tables.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const lines = tables.filter(({ rows }) => rows.length > 0).flatMap((table) => linesOf(table, names));
  return { about: `As times ${reference}'s, or the figure itself where it has no ratio.`, names, lines };
}

function linesOf(table: Table, names: readonly string[]): readonly GlanceLine[] {
  const places = [...new Set(table.rows.map(({ at }) => at))];
  return places.map((place) => ({
    title: place === undefined ? table.title : `${table.title}: ${figure(place)} ${table.axis}`,
    cells: names.map((name) => {
      const row = table.rows.find((candidate) => candidate.name === name && candidate.at === place);
      if (row === undefined) return undefined;
      const ratio = ratioToReference(table, row)?.median;
      const own = `${figure(summarise(row.rounds).median)} ${table.unit}`;
      if (ratio === undefined) return { text: own, worse: undefined };
      return {
        text: name === table.reference ? own : `× ${times(ratio)}`,
        worse: table.better === "more" ? 1 / ratio : ratio,
      };
    }),
  }));
}
