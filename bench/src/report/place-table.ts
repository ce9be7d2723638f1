import { summarise } from "./statistics.ts";
import { figure, isReference, type Row, ratioToReference, type Table, timesOrRange } from "./table.ts";

/**
 * The figures of a set of curves: a head, then a row for each place on the axis with a cell for each contestant, its ratio to the
 * reference in brackets.
 */
export function placeTable(table: Table): readonly (readonly string[])[] {
  const names = [...new Set(table.rows.map(({ name }) => name))];
  const places = [...new Set(table.rows.map(({ at }) => at ?? 0))].sort((a, b) => a - b);
  const cell = (row: Row | undefined): string => {
    if (row === undefined) return "";
    const ratio = isReference(table, row) ? undefined : ratioToReference(table, row);
    return `${figure(summarise(row.rounds).median)}${ratio ? ` (× ${timesOrRange(ratio)})` : ""}`;
  };
  return [
    [table.axis ?? "", ...names.map((name) => `${name}, ${table.unit}`)],
    ...places.map((place) => [
      figure(place),
      ...names.map((name) => cell(table.rows.find((row) => row.name === name && row.at === place))),
    ]),
  ];
}
