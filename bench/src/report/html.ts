import { barChart } from "./bar-chart.ts";
import { type Change, type Comparison, isBeyondNoise } from "./compare.ts";
import { escapeHtml } from "./escape.ts";
import { factsOf } from "./facts.ts";
import { type Glance, glancesOf } from "./glance.ts";
import { lineChart } from "./line-chart.ts";
import { describeShare, isDisturbing } from "./others.ts";
import { placeTable } from "./place-table.ts";
import { rawRounds } from "./raw-rounds.ts";
import type { BenchReport, Report } from "./report.ts";
import { headlines, standingsOf } from "./standing.ts";
import { standingChart } from "./standing-chart.ts";
import { styleSheet } from "./style-sheet.ts";
import { figure, type Table, times, timesWithSpread } from "./table.ts";

/** One file that needs no other: a person looks at it, on a screen or a phone, by day or by night. */
export function htmlPage(report: Report, comparison: Comparison | undefined): string {
  const { benches } = report;
  const facts = factsOf(report).map((fact) => `<li>${escapeHtml(fact)}</li>`);
  const links = benches.map(({ name }) => `<a href="#${name}">${name}</a>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>edgekit benchmarks</title>
<style>${styleSheet}</style>
<header>
<h1>edgekit benchmarks</h1>
<ul class="facts">${facts.join("")}</ul>
<nav>${links.join(" ")}</nav>
</header>
<main>
${standingSection(report)}
${comparison === undefined ? "" : comparisonSection(comparison)}
${glancesOf(report).map(glanceSection).join("\n")}
<p>In the sections below a bar is the median of the rounds, and the line at its end the middle half of them. A ratio is the median of the ratios within the rounds, not the ratio of the medians. Every round is under "raw rounds".</p>
${benches.map(benchSection).join("\n")}
</main>
</html>
`;
}

/** What a person sees first: where we stand, what is missed. */
function standingSection(report: Report): string {
  const standings = standingsOf(report);
  const missed = report.benches.flatMap(({ name, tables }) =>
    tables.flatMap(({ title, verdicts }) =>
      verdicts
        .filter(({ met }) => !met)
        .map(
          ({ text }) => `<li class="missed">✗ <a href="#${name}">${escapeHtml(title)}</a>: ${escapeHtml(text)}</li>`,
        ),
    ),
  );
  return `<section id="standing">${headlines(report)
    .map((text) => `<p class="headline">${escapeHtml(text)}</p>`)
    .join("")}
${missed.length === 0 ? "" : `<ul class="notes">${missed.join("")}</ul>`}
${standings.length === 0 ? "" : `<h2>Beside HAProxy</h2>${standingChart(standings)}`}
</section>`;
}

function glanceSection({ title, reference, about, names, lines }: Glance): string {
  const head = names.map((name) => `<th>${escapeHtml(name)}</th>`);
  const rows = lines.map(({ title, cells }) => {
    const boxes = cells.map((cell) => {
      if (cell === undefined) return `<td class="none">–</td>`;
      return `<td${cell.worse === undefined ? "" : ` style="${shade(cell.worse)}"`}>${escapeHtml(cell.text)}</td>`;
    });
    return `<tr><th>${escapeHtml(title)}</th>${boxes.join("")}</tr>`;
  });
  return `<section><h2>${escapeHtml(title)}</h2>
<p>${escapeHtml(about)}${reference === undefined ? "" : ` Blue is better than ${escapeHtml(reference)}, orange is worse; the deeper, the further apart.`}</p>
<div class="wide"><table class="glance"><thead><tr><th></th>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>
</section>`;
}

/** Deeper the further from 1, full at four times better or worse. */
function shade(worse: number): string {
  const depth = Math.min(1, Math.abs(Math.log2(worse)) / 2);
  if (!(depth >= 0.05)) return "";
  return `background:color-mix(in srgb, var(${worse > 1 ? "--worse" : "--better"}) ${Math.round(depth * 55)}%, transparent)`;
}

function comparisonSection({ warnings, changes }: Comparison): string {
  const beyond = changes.filter(isBeyondNoise);
  const within = changes.filter((change) => !isBeyondNoise(change));
  const notes = warnings.map((text) => `<p class="missed">${escapeHtml(text)}</p>`);
  return `<section id="changes"><h2>What changed</h2>
${notes.join("")}
<p>${beyond.length} of ${changes.length} rows beyond the noise.</p>
${changeTable(beyond)}
<details><summary>${within.length} within the noise</summary>${changeTable(within)}</details>
</section>`;
}

function changeTable(changes: readonly Change[]): string {
  if (changes.length === 0) return "";
  const rows = changes.map(({ title, row, basis, unit, before, after, ratio, verdict }) => {
    const amount = basis === undefined ? figure : times;
    const cells = [
      `${amount(before)} ${unit}`,
      `${amount(after)} ${unit}`,
      timesWithSpread(ratio),
      `<span class="${verdict.replaceAll(" ", "-")}">${verdict}</span>`,
    ];
    const name = `${title}: ${row}${basis === undefined ? "" : ` / ${basis}`}`;
    return `<tr><th>${escapeHtml(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<div class="wide"><table><thead><tr><th></th><th>before</th><th>now</th><th>now / before</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function benchSection({ name, about, failure, tables, seconds, others }: BenchReport): string {
  const disturbed = isDisturbing(others) ? `, <span class="missed">${describeShare(others)}</span>` : "";
  return `<section id="${name}"><h2>${name}</h2>
<p>${escapeHtml(about)}${seconds === undefined ? "" : ` <small>(${seconds} s${disturbed})</small>`}</p>
${failure === undefined ? "" : `<p class="missed">failed: ${escapeHtml(failure)}</p>`}
<div class="cards">${tables.map(card).join("\n")}</div>
</section>`;
}

function card(table: Table): string {
  const { title, about, axis, verdicts, notes = [], absent, rows } = table;
  const chart = rows.length === 0 ? "" : axis === undefined ? barChart(table) : lineChart(table) + placeFigures(table);
  const judged = verdicts.map(
    ({ met, text }) => `<li class="${met ? "met" : "missed"}">${met ? "✓ met" : "✗ missed"}: ${escapeHtml(text)}</li>`,
  );
  const remarks = notes.map((text) => `<li>${escapeHtml(text)}</li>`);
  const missing = absent.map((text) => `<li class="absent">not here: ${escapeHtml(text)}</li>`);
  return `<article><h3>${escapeHtml(title)}</h3>
<p>${escapeHtml(about)} ${table.better === "more" ? "↑ Higher is better." : "↓ Lower is better."}</p>
${chart}
<ul class="notes">${[...judged, ...remarks, ...missing].join("")}</ul>
${rawRounds(table)}
</article>`;
}

/** What a chart cannot say to a reader without a mouse. */
function placeFigures(table: Table): string {
  const [head = [], ...rows] = placeTable(table);
  const heads = head.map((cell) => `<th>${escapeHtml(cell)}</th>`);
  const lines = rows.map(([place = "", ...cells]) => {
    return `<tr><th>${place}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<div class="wide"><table class="places"><thead><tr>${heads.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
}
