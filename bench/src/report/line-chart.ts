import { escapeHtml } from "./escape.ts";
import { summarise } from "./statistics.ts";
import { figure, type Table } from "./table.ts";

const width = 420;
const height = 260;
const left = 52;
const right = 12;
const top = 26;
const bottom = 40;
/** From here on a straight scale would show only the largest. */
const logarithmicFrom = 20;

/** Everybody has one colour in all charts. */
const colours = ["haproxy", "edge-proxy", "nginx stream", "node pipe"];

/** The same program on another Node has its colour too, and is dashed. */
function classOf(name: string): string {
  const [kind = "", ...node] = name.split(", ");
  const colour = colours.indexOf(kind);
  return `c${colour < 0 ? 4 : colour}${node.length > 0 ? " other" : ""}`;
}

/** A curve for each contestant over the table's axis, with the middle half of the rounds around it. */
export function lineChart(table: Table): string {
  const names = [...new Set(table.rows.map(({ name }) => name))];
  const curves = names.map((name) =>
    table.rows
      .filter((row) => row.name === name)
      .map((row) => ({ x: row.at ?? 0, ...summarise(row.rounds) }))
      .sort((a, b) => a.x - b.x),
  );
  const points = curves.flat();
  const x = new Scale(
    points.map((point) => point.x),
    left,
    width - right,
  );
  const ys = points.flatMap((point) => [point.lowerQuartile, point.upperQuartile]);
  const y = new Scale(ys, height - bottom, top);
  const drawn = curves.map((curve, index) => {
    const line = curve.map((point) => `${x.at(point.x)},${y.at(point.median)}`).join(" ");
    const area = [
      ...curve.map((point) => `${x.at(point.x)},${y.at(point.upperQuartile)}`),
      ...curve.toReversed().map((point) => `${x.at(point.x)},${y.at(point.lowerQuartile)}`),
    ].join(" ");
    const dots = curve.map(
      (point) =>
        `<circle cx="${x.at(point.x)}" cy="${y.at(point.median)}" r="3"><title>${escapeHtml(
          `${names[index]}, ${figure(point.x)} ${table.axis}: ${figure(point.median)} ${table.unit}`,
        )}</title></circle>`,
    );
    return `<g class="curve ${classOf(names[index] ?? "")}"><polygon points="${area}"/><polyline points="${line}"/>${dots.join("")}</g>`;
  });
  const xTicks = x.ticks().map((tick) => {
    return `<text class="tick" x="${x.at(tick)}" y="${height - bottom + 16}" text-anchor="middle">${short(tick)}</text>`;
  });
  const yTicks = y.ticks().map((tick) => {
    const at = y.at(tick);
    return `<line class="rule" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text class="tick" x="${left - 6}" y="${at}" dy="0.32em" text-anchor="end">${short(tick)}</text>`;
  });
  const legend = names.map((name) => `<span class="key ${classOf(name)}"><i></i>${escapeHtml(name)}</span>`);
  const label = (what: string, { logarithmic }: Scale): string =>
    `${escapeHtml(what)}${logarithmic ? " (logarithmic)" : ""}`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(table.title)}">
${yTicks.join("")}${xTicks.join("")}
<text class="tick" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${label(table.axis ?? "", x)}</text>
<text class="tick" x="4" y="12">${label(table.unit, y)}</text>
${drawn.join("\n")}
</svg>
<div class="legend">${legend.join("")}</div>`;
}

/** From values to places in the picture: in steps of ten where the values are that far apart, from zero where not. */
class Scale {
  readonly logarithmic: boolean;
  readonly #low: number;
  readonly #high: number;
  readonly #from: number;
  readonly #to: number;

  constructor(values: readonly number[], from: number, to: number) {
    const low = Math.min(...values);
    const high = Math.max(...values);
    this.logarithmic = low > 0 && high / low > logarithmicFrom;
    this.#low = this.logarithmic ? 10 ** Math.floor(Math.log10(low)) : Math.min(0, low);
    this.#high = this.logarithmic ? 10 ** Math.ceil(Math.log10(high)) : roundUp(high) || 1;
    this.#from = from;
    this.#to = to;
  }

  at(value: number): number {
    const part = this.logarithmic
      ? Math.log(value / this.#low) / Math.log(this.#high / this.#low)
      : (value - this.#low) / (this.#high - this.#low);
    return Math.round((this.#from + part * (this.#to - this.#from)) * 10) / 10;
  }

  ticks(): readonly number[] {
    if (!this.logarithmic) return [0, 1, 2, 3, 4].map((step) => (this.#high * step) / 4);
    const decades = Math.round(Math.log10(this.#high / this.#low));
    return Array.from({ length: decades + 1 }, (_, step) => this.#low * 10 ** step);
  }
}

/** The next number that a person would put at the end of a scale. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const decade = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * decade >= value) ?? 10) * decade;
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  if (value >= 1_000) return `${value / 1_000}k`;
  return String(Number(value.toPrecision(3)));
}
