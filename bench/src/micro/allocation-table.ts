import { runChild } from "../child.ts";
import type { NodeRuntime } from "../node-runtime.ts";
import type { Table } from "../report/table.ts";
import { judge, type Target } from "../report/target.ts";
import type { Allocation } from "./allocation.ts";

const allocationProcess: URL = new URL("./allocation-process.js", import.meta.url);
const LIMIT_KIB = 64;

/** What 10^6 rounds allocate, whether or not it is let go of again: `--expose-gc`, in a process of its own. */
export async function allocationTable({ execPath }: NodeRuntime): Promise<Table> {
  const allocations = await runChild<readonly Allocation[]>(allocationProcess, [], {
    execPath,
    execArgv: ["--expose-gc"],
  });
  const rows = allocations.map(({ name, bytes }) => ({ name, rounds: [bytes / 1024] }));
  const targets = rows.map(({ name }): Target => ({ kind: "figure", of: name, atMost: LIMIT_KIB }));
  return {
    title: "Allocation",
    about:
      "KiB allocated by 10^6 rounds, kept or not: 20 times the median of 20 batches. 5 KiB is what the counting itself allocates.",
    unit: "KiB",
    rows,
    absent: [],
    verdicts: targets.map((target) => judge(target, rows, "KiB")),
  };
}
