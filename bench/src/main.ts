import { access, mkdir, constants as modes } from "node:fs/promises";
import { constants } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { closest } from "fastest-levenshtein";
import type { Bench, BenchContext } from "./bench.ts";
import { benches, chooseBenches } from "./benches.ts";
import { type NodeRuntime, newestNode, thisNode } from "./node-runtime.ts";
import { compareReports, formatComparison } from "./report/compare.ts";
import { describeMachine } from "./report/machine.ts";
import { formatTable } from "./report/markdown.ts";
import { processorTimes, shareOfOthers } from "./report/others.ts";
import { endProgress, showProgress } from "./report/progress.ts";
import { type BenchReport, type Report, readReport, reportFormat } from "./report/report.ts";
import { writeReport } from "./report/write-report.ts";

interface Options {
  readonly compare?: string;
  readonly newestNode?: true;
  readonly rounds?: number;
  readonly output: string;
}

const list = benches.map(({ name, group, about }) => `  ${name.padEnd(18)}${group.padEnd(8)}${about}`).join("\n");

// What runs beside us ends with us; see running.ts and end-with-us.ts.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endProgress();
    console.error(`bench: ended by ${signal}; nothing is written`);
    process.exit(128 + constants.signals[signal]);
  });
}

await new Command("bench")
  .description("What edgekit costs beside what you would use instead. Writes Markdown, HTML and JSON.")
  .argument("[names...]", "what to run, by name or group; default everything")
  .option("--compare <file>", "say what changed since the run that wrote this JSON")
  .option("--newest-node", "run what is ours on the newest Node too, from npm, beside the one that runs this")
  .option("--rounds <count>", "as many rounds in place of each bench's own number", wholeNumber)
  .option("--output <folder>", "where the reports go", fileURLToPath(new URL("../results/", import.meta.url)))
  .addHelpText("after", `\nNames, with their groups:\n${list}`)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (names: readonly string[], options: Options) => {
    try {
      process.exitCode = await main(names, options);
    } catch (error) {
      console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  })
  .parseAsync();

async function main(names: readonly string[], options: Options): Promise<number> {
  const { chosen, unknown } = chooseBenches(names);
  if (unknown.length > 0) {
    const known = benches.flatMap(({ name, group }) => [name, group]);
    const wrong = unknown.map((name) => `"${name}" (nearest: "${closest(name, known)}")`);
    console.error(`bench: there is no ${wrong.join(", ")}. There is:\n${list}`);
    return 2;
  }
  // Before a quarter of an hour of work, not after.
  await mustBeWritable(options.output);
  const earlier = options.compare === undefined ? undefined : await readReport(options.compare);
  const runtimes = options.newestNode === true ? [thisNode, await newestNode()] : [thisNode];
  const report = await run(chosen, runtimes, options.rounds);
  const comparison = earlier && compareReports(earlier, report);
  if (comparison !== undefined) console.log(`${formatComparison(comparison)}\n`);
  const files = await writeReport(options.output, report, comparison);
  console.log(`Written:\n${files.map((file) => `  ${relative(process.cwd(), file)}`).join("\n")}`);
  return report.benches.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

async function mustBeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, modes.W_OK);
  } catch (error) {
    throw new Error(`--output ${folder} cannot be written to: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** One after the other; prints the tables of each as soon as there are any. */
async function run(
  chosen: readonly Bench[],
  runtimes: readonly NodeRuntime[],
  rounds: number | undefined,
): Promise<Report> {
  const machine = describeMachine(runtimes);
  const startedAt = new Date().toISOString();
  const reports: BenchReport[] = [];
  for (const [index, bench] of chosen.entries()) {
    const progress = showProgress(`[${index + 1}/${chosen.length}] ${bench.name}`);
    reports.push(await runOne(bench, { progress, runtimes, rounds }));
  }
  const missed = reports.flatMap(({ tables }) => tables.flatMap(({ verdicts }) => verdicts)).filter(({ met }) => !met);
  if (missed.length > 0) {
    console.log(`${missed.length} of the targets missed; on a busy machine, repeat before believing it.\n`);
  }
  return { format: reportFormat, machine, startedAt, finishedAt: new Date().toISOString(), benches: reports };
}

async function runOne({ name, group, about, run: runBench }: Bench, context: BenchContext): Promise<BenchReport> {
  console.log(`## ${name}: ${about}\n`);
  const startMs = performance.now();
  const startTimes = processorTimes();
  const found: Pick<BenchReport, "tables" | "failure"> = await runBench(context).then(
    (tables) => ({ tables }),
    // What the others have found is not to be lost.
    (error: unknown) => ({ tables: [], failure: error instanceof Error ? error.message : String(error) }),
  );
  for (const table of found.tables) console.log(`${formatTable(table)}\n`);
  if (found.failure !== undefined) console.error(`bench: ${name} failed: ${found.failure}\n`);
  const endTimes = processorTimes();
  return {
    name,
    group,
    about,
    ...found,
    seconds: Math.round((performance.now() - startMs) / 1000),
    ...(startTimes && endTimes && { others: shareOfOthers(startTimes, endTimes) }),
  };
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of 1 or more.");
}
