import type { Bench } from "../bench.ts";
import { runChild } from "../child.ts";
import { labelOf } from "../node-runtime.ts";
import type { Row, Table } from "../report/table.ts";
import { judge } from "../report/target.ts";
import { allocationTable } from "./allocation-table.ts";
import type { Line } from "./line.ts";
import { lines } from "./lines.ts";

const lineProcess: URL = new URL("./line-process.js", import.meta.url);
const ROUNDS = 9;

/** Call by call: the codec of `@edgekit/pp2` against the npm packages that do the same, and what else each flow or check takes. */
export const micro: Bench = {
  name: "micro",
  group: "micro",
  about: "one call: the codec against the npm packages, the choice of a target, a step of the health machine",
  async run({ progress, runtimes, rounds = ROUNDS }) {
    const steps = rounds + 1;
    const total = (lines.length * steps + 1) * runtimes.length;
    const tables: Table[] = [];
    let done = 0;
    // Line by line, so that the tables of one line on each Node stand side by side.
    for (const line of lines) {
      for (const runtime of runtimes) {
        const label = labelOf(runtime);
        const before = done;
        const onRound = (round: number): void => progress(before + round, total, line.name + label);
        const { execPath } = runtime;
        const rows = await runChild<readonly Row[]>(lineProcess, [line.name, String(rounds)], { onRound, execPath });
        tables.push(tableOf(line, rows, label));
        done += steps;
      }
    }
    for (const runtime of runtimes) {
      const label = labelOf(runtime);
      progress(done++, total, `allocation${label}`);
      const table = await allocationTable(runtime);
      tables.push({ ...table, title: table.title + label });
    }
    progress(total, total, "done");
    return tables;
  },
};

function tableOf({ title, about, reference, absent, targets }: Line, rows: readonly Row[], label: string): Table {
  const verdicts = targets.map((target) => judge(target, rows, "ns"));
  return { title: title + label, about, unit: "ns", rows, reference, absent, verdicts };
}
