import { escapeHtml } from "./escape.ts";
import { summarise } from "./statistics.ts";
import { figure, isReference, type Row, ratioToReference, type Table, timesWithSpread } from "./table.ts";

/**
 * A bar for each row, its median, with a whisker for the middle half of the rounds. Plain HTML, so that text keeps its size
 * on a phone, which text in a picture does not.
 */
export function barChart(table: Table): string {
  const summaries = table.rows.map((row) => summarise(row.rounds));
  const longest = Math.max(...summaries.map(({ upperQuartile }) => upperQuartile), Number.MIN_VALUE);
  const percent = (value: number): string => `${((100 * value) / longest).toFixed(2)}%`;
  const bars = table.rows.map((row, index) => {
    const { median, lowerQuartile, upperQuartile } = summaries[index] ?? summarise(row.rounds);
    const whisker = `left:${percent(lowerQuartile)};width:${percent(upperQuartile - lowerQuartile)}`;
    return `<div class="bar${isOurs(row) ? " ours" : ""}"><span class="name">${escapeHtml(row.name)}</span>
<span class="track"><i style="width:${percent(median)}"></i><b style="${whisker}"></b></span>
<span class="value">${figure(median)} ${escapeHtml(table.unit)} ${ratioText(table, row)}</span></div>`;
  });
  return `<div class="bars">${bars.join("\n")}</div>`;
}

function ratioText(table: Table, row: Row): string {
  const ratio = isReference(table, row) ? undefined : ratioToReference(table, row);
  if (ratio === undefined) return "";
  return `<small>× ${timesWithSpread(ratio)}</small>`;
}

/** What this repository makes stands out. */
function isOurs({ name }: { readonly name: string }): boolean {
  return /^(edge-proxy|proxyProtocol|HeaderView|HeaderTemplate|decode|encode|nlbHeader)/.test(name);
}
