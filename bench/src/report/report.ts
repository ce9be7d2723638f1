import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Machine } from "./machine.ts";
import { formatTable, type Table } from "./table.ts";

/** All that a run of a bench has to tell, every raw round included. */
export interface Report {
  readonly bench: string;
  readonly about: string;
  readonly machine: Machine;
  readonly finishedAt: Date;
  readonly tables: readonly Table[];
}

function formatReport({ bench, about, machine, finishedAt, tables }: Report): string {
  const { cpu, cores, memoryGiB, kernel, node, v8, loadBefore } = machine;
  const facts = [
    `- ${finishedAt.toISOString()}, load average before: ${loadBefore}`,
    `- ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}`,
    `- Node ${node}, V8 ${v8}`,
    `- ${Object.entries(machine.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
  ];
  return `${[`# ${bench}: ${about}`, facts.join("\n"), ...tables.map(formatTable)].join("\n\n")}\n`;
}

/** Writes both forms, named for the bench and the time, and returns their paths. */
export async function writeReport(folder: URL, report: Report): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const name = `${report.bench}-${report.finishedAt.toISOString().replaceAll(":", "").slice(0, 17)}`;
  const paths = [".md", ".json"].map((ending) => fileURLToPath(new URL(name + ending, folder)));
  const [markdownPath = "", jsonPath = ""] = paths;
  await writeFile(markdownPath, formatReport(report));
  await writeFile(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  return paths;
}
