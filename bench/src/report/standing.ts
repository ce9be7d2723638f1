import { isDisturbing } from "./others.ts";
import type { Report } from "./report.ts";
import { type Summary, summarise } from "./statistics.ts";
import { figure, placeName, type Row, ratioToReference, type Table, times, timesWithSpread } from "./table.ts";

/** One figure of the system, and where everybody stands beside the reference. */
export interface Standing {
  readonly bench: string;
  readonly title: string;
  readonly better: "less" | "more";
  /** The reference's own figure. */
  readonly referenceText: string;
  readonly marks: readonly Mark[];
  readonly goals: readonly Goal[];
}

/** Where one contestant stands. */
export interface Mark {
  readonly name: string;
  /** The ratio with its spread, or the figure itself where there is no ratio. */
  readonly text: string;
  /** Above 1 is worse than the reference, whichever way the figure is better. Undefined without a ratio. */
  readonly worse: Summary | undefined;
  readonly outcome: Outcome;
}

/** `alike`: the spread has both sides of 1, or the median is within a twentieth of it. `unknown`: not to be judged. */
type Outcome = "better" | "alike" | "worse" | "unknown";

/** What was promised of the figure. */
interface Goal {
  readonly met: boolean;
  /** Another Node than the one that runs the bench. */
  readonly node: string | undefined;
  readonly text: string;
  /** Where it lies beside the reference, as with marks; undefined where there is nothing to divide by. */
  readonly worse: number | undefined;
}

const alike = 0.05;

/** Of every figure of the system that is for the first page, at every place of its axis. */
export function standingsOf({ benches }: Report): readonly Standing[] {
  return benches
    .filter(({ group }) => group === "system")
    .flatMap(({ name, tables, others }) =>
      tables
        .filter(({ rows, detail, reference }) => rows.length > 0 && detail !== true && reference !== undefined)
        .flatMap((table) => {
          const judged = !(table.elapsed && isDisturbing(others));
          const places = [...new Set(table.rows.map(({ at }) => at))];
          return places.flatMap((place) => standingAt(name, table, place, judged));
        }),
    );
}

function standingAt(bench: string, table: Table, place: number | undefined, judged: boolean): readonly Standing[] {
  const rows = table.rows.filter(({ at }) => at === place);
  const reference = rows.find(({ name }) => name === table.reference);
  if (reference === undefined) return [];
  const { median } = summarise(reference.rounds);
  return [
    {
      bench,
      title: place === undefined ? table.title : `${table.title}: ${placeName(place, table.axis)}`,
      better: table.better ?? "less",
      referenceText: `${figure(median)} ${table.unit}`,
      marks: rows.filter((row) => row !== reference).map((row) => markOf(table, row, judged)),
      goals: table.verdicts
        .filter(({ kind, at }) => (kind === "cost" || kind === "figure") && at === place)
        .map(({ met, kind, limit, node }) => ({
          met,
          node,
          text: kind === "cost" ? `≤ × ${times(limit)}` : `≤ ${figure(limit)} ${table.unit}`,
          worse: kind === "cost" ? limit : limit > 0 && median > 0 ? limit / median : undefined,
        })),
    },
  ];
}

function markOf(table: Table, row: Row, judged: boolean): Mark {
  const ratio = ratioToReference(table, row);
  if (ratio === undefined || !(ratio.median > 0)) {
    const text = `${figure(summarise(row.rounds).median)} ${table.unit}`;
    return { name: row.name, text, worse: undefined, outcome: "unknown" };
  }
  const worse = table.better === "more" ? inverse(ratio) : ratio;
  const text = `× ${timesWithSpread(ratio)}`;
  return { name: row.name, text, worse, outcome: judged ? outcomeOf(worse) : "unknown" };
}

function inverse({ median, lowerQuartile, upperQuartile }: Summary): Summary {
  return { median: 1 / median, lowerQuartile: 1 / upperQuartile, upperQuartile: 1 / lowerQuartile };
}

function outcomeOf({ median, lowerQuartile, upperQuartile }: Summary): Outcome {
  if (Math.abs(Math.log(median)) < Math.log(1 + alike) || (lowerQuartile <= 1 && upperQuartile >= 1)) return "alike";
  return median > 1 ? "worse" : "better";
}

/** In one sentence each: how many targets are met, and how we stand on the Node that everybody has. */
export function headlines(report: Report): readonly string[] {
  const verdicts = report.benches.flatMap(({ tables }) => tables.flatMap((table) => table.verdicts));
  const ours = standingsOf(report).flatMap(({ marks }) => marks.filter(({ name }) => name === "edge-proxy"));
  const count = (outcome: Outcome): number => ours.filter((mark) => mark.outcome === outcome).length;
  const known = ours.length - count("unknown");
  return [
    ...(verdicts.length > 0 ? [`${verdicts.filter(({ met }) => met).length} of ${verdicts.length} targets met.`] : []),
    ...(known > 0
      ? [
          `edge-proxy beside HAProxy, in ${known} figures that can be compared: better in ${count("better")}, alike in ${count("alike")}, worse in ${count("worse")}.`,
        ]
      : []),
  ];
}
