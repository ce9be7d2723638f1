import { escapeHtml } from "./escape.ts";
import { figure, placeName, type Table } from "./table.ts";

/** Every round of every row, folded away until somebody asks. */
export function rawRounds({ rows, axis, unit }: Table): string {
  if (rows.length === 0) return "";
  const most = Math.max(...rows.map(({ rounds }) => rounds.length));
  const heads = Array.from({ length: most }, (_, round) => `<th>${round + 1}</th>`);
  const lines = rows.map(({ name, at, rounds }) => {
    const cells = rounds.map((value) => `<td>${figure(value)}</td>`);
    const title = at === undefined ? name : `${name}, ${placeName(at, axis)}`;
    return `<tr><th>${escapeHtml(title)}</th>${cells.join("")}</tr>`;
  });
  return `<details><summary>raw rounds</summary><div class="wide"><table class="places"><thead><tr><th>${escapeHtml(unit)}, round</th>${heads.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table></div></details>`;
}
