import type { Bench } from "../bench.ts";
import type { Row, Table } from "../report/table.ts";
import { judge } from "../report/target.ts";
import { allocationTable } from "./allocation-table.ts";
import { runChild } from "./child.ts";
import type { Line } from "./line.ts";
import { lines } from "./lines.ts";

const lineProcess: URL = new URL("./line-process.js", import.meta.url);
const ROUNDS = 11;
/** One more warms up. */
const STEPS = ROUNDS + 1;

/** The codec of `@edgekit/pp2` against the npm packages that do the same, call by call. */
export const micro: Bench = {
  name: "micro",
  about: "one call of the PROXY protocol codec against the npm packages",
  async run(progress) {
    const total = lines.length * STEPS + 1;
    const tables: Table[] = [];
    for (const [index, line] of lines.entries()) {
      const onRound = (round: number): void => progress(index * STEPS + round, total, line.name);
      const rows = await runChild<readonly Row[]>(lineProcess, [line.name, String(ROUNDS)], onRound);
      tables.push(tableOf(line, rows));
    }
    progress(total - 1, total, "allocation");
    tables.push(await allocationTable());
    progress(total, total, "done");
    return tables;
  },
};

function tableOf({ title, about, reference, absent, targets }: Line, rows: readonly Row[]): Table {
  const verdicts = targets.map((target) => judge(target, rows, "ns"));
  return { title, about, unit: "ns", rows, reference, absent, verdicts };
}
