import { escapeHtml } from "./escape.ts";
import type { Mark, Standing } from "./standing.ts";
import { nodeOf } from "./table.ts";

/** The scale goes this many doublings each way; what lies beyond stands at its end, as an arrow. */
const doublings = 3;

/**
 * A line for each figure, on one logarithmic scale: left of the middle is better than the reference, right of it worse. Plain
 * HTML, so that text keeps its size on a phone.
 */
export function standingChart(standings: readonly Standing[]): string {
  const names = [...new Set(standings.flatMap(({ marks }) => marks.map(({ name }) => name)))].filter(isProxy);
  const key = names.map((name) => `<span><u class="${shapeOf(name)}"></u> ${escapeHtml(name)}</span>`);
  const ticks = Array.from({ length: 2 * doublings + 1 }, (_, index) => {
    const power = index - doublings;
    const text = power === 0 ? "HAProxy" : `${2 ** Math.abs(power)}×`;
    return `<span style="left:${percent(2 ** power)}">${text}</span>`;
  });
  return `<div class="legend standing-key">${key.join("")}<span><u class="goal"></u> target</span><span><u class="whisker"></u> middle half of the rounds</span><span>edge-proxy is blue where it is better, orange where it is worse, grey where the rounds cannot tell</span></div>
<div class="standings">
<div class="standing head"><span></span><span class="ends"><span>← better</span><span>worse →</span></span><span class="scale">${ticks.join("")}</span><span>edge-proxy, as times HAProxy's</span><span>target</span></div>
${standings.map(line).join("\n")}
</div>`;
}

function line({ bench, title, better, referenceText, marks, goals }: Standing): string {
  const drawn = marks.filter(({ name }) => isProxy(name)).flatMap(markHtml);
  const goalPlaces = [...new Set(goals.flatMap(({ worse }) => (worse === undefined ? [] : [percent(worse)])))];
  const goalLines = goalPlaces.map((left) => `<b class="goal" style="left:${left}"></b>`);
  const ours = marks.filter(({ name }) => isOurs(name));
  const texts = ours.map(({ name, text, outcome }) => {
    const node = nodeOf(name);
    return `<span class="${outcome}">${escapeHtml(text)} ${outcome === "unknown" ? "" : outcome}${node === undefined ? "" : ` <small>${escapeHtml(node)}</small>`}</span>`;
  });
  const wanted = goals.map(
    ({ met, text, node }) =>
      `<span class="${met ? "met" : "missed"}">${met ? "✓ met" : "✗ missed"} ${escapeHtml(text)}${node === undefined ? "" : ` <small>${escapeHtml(node)}</small>`}</span>`,
  );
  return `<div class="standing"><span><a href="#${bench}">${escapeHtml(title)}</a> <small>HAProxy ${escapeHtml(referenceText)}, ${better === "more" ? "higher" : "lower"} is better</small></span>
<span class="scale">${goalLines.join("")}${drawn.join("")}</span><span class="texts">${texts.join("")}</span><span class="texts">${wanted.join("")}</span></div>`;
}

function markHtml({ name, text, worse, outcome }: Mark): readonly string[] {
  if (worse === undefined) return [];
  const shape = shapeOf(name);
  const beyond = Math.abs(Math.log2(worse.median)) > doublings ? ` beyond-${worse.median > 1 ? "right" : "left"}` : "";
  const mark = `<u class="${shape} ${outcome}${beyond}" style="left:${percent(worse.median)}" title="${escapeHtml(`${name}: ${text}`)}"></u>`;
  if (!isOurs(name)) return [mark];
  const from = place(worse.lowerQuartile);
  const whisker = `<i class="${shape} ${outcome}" style="left:${from.toFixed(2)}%;width:${(place(worse.upperQuartile) - from).toFixed(2)}%"></i>`;
  return [whisker, mark];
}

/** Shapes differ too. The same program on another Node is hollow. */
function shapeOf(name: string): string {
  const [kind = ""] = name.split(", ");
  return `${kind.replaceAll(" ", "-")}${nodeOf(name) === undefined ? "" : " other"}`;
}

function isOurs(name: string): boolean {
  return name.startsWith("edge-proxy");
}

function isProxy(name: string): boolean {
  return name !== "no proxy";
}

function percent(worse: number): string {
  return `${place(worse).toFixed(2)}%`;
}

function place(worse: number): number {
  const power = Math.max(-doublings, Math.min(doublings, Math.log2(worse)));
  return (100 * (power + doublings)) / (2 * doublings);
}
