import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Comparison, formatComparison } from "./compare.ts";
import { htmlPage } from "./html.ts";
import { formatReport } from "./markdown.ts";
import type { Report } from "./report.ts";

/** Writes all three forms, named for the benches and the time, and returns their paths. */
export async function writeReport(
  folder: string,
  report: Report,
  comparison: Comparison | undefined,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const names = report.benches.map(({ name }) => name);
  const what = names.length > 3 ? "bench" : names.join("-");
  const base = join(folder, `${what}-${report.finishedAt.replaceAll(":", "").slice(0, 17)}`);
  const changes = comparison === undefined ? "" : `\n${formatComparison(comparison)}\n`;
  const forms = [
    [`${base}.md`, formatReport(report) + changes],
    [`${base}.html`, htmlPage(report, comparison)],
    [`${base}.json`, `${JSON.stringify(report, null, 1)}\n`],
  ] as const;
  for (const [path, text] of forms) await writeFile(path, text);
  return forms.map(([path]) => path);
}
