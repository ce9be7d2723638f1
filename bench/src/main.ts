import { basename } from "node:path";
import type { Bench } from "./bench.ts";
import { micro } from "./micro/micro.ts";
import { describeMachine } from "./report/machine.ts";
import { showProgress } from "./report/progress.ts";
import { type Report, writeReport } from "./report/report.ts";
import { formatTable } from "./report/table.ts";
import { system } from "./system/system.ts";

const benches: readonly Bench[] = [micro, system];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  const list = benches.map(({ name, about }) => `  ${name}  ${about}`).join("\n");
  console.error(`bench: there is no ${unknown.map((name) => `"${name}"`).join(", ")}. There is:\n${list}`);
  process.exitCode = 2;
} else {
  const missed = await run(benches.filter(({ name }) => names.length === 0 || names.includes(name)));
  if (missed > 0) console.log(`\n${missed} of the targets missed; on a busy machine, repeat before believing it.`);
}

/** Runs one after the other and returns how many targets were missed. */
async function run(chosen: readonly Bench[]): Promise<number> {
  let missed = 0;
  for (const bench of chosen) {
    const machine = describeMachine();
    console.log(`${bench.name}: ${bench.about}\n`);
    const tables = await bench.run(showProgress(bench.name));
    for (const table of tables) console.log(`${formatTable(table)}\n`);
    const report: Report = { bench: bench.name, about: bench.about, machine, finishedAt: new Date(), tables };
    const files = await writeReport(new URL("../results/", import.meta.url), report);
    console.log(`${bench.name}: written to bench/results/${files.map((file) => basename(file)).join(" and ")}`);
    missed += tables.flatMap(({ verdicts }) => verdicts).filter(({ met }) => !met).length;
  }
  return missed;
}
