import type { FlowLogLine } from "../observe/flow-log-line.ts";
import { followAdmin } from "./admin-client.ts";
import { exitOnSignal } from "./exit-on-signal.ts";
import { flowText } from "./flow-text.ts";
import { exitCodes, printAndWait, printError } from "./output.ts";
import { styleFor } from "./style.ts";

/** What fits all that is given is shown. */
export interface TapOptions {
  readonly admin: URL;
  readonly target?: string;
  readonly targetGroup?: string;
  readonly listener?: string;
  readonly client?: string;
  readonly close?: string;
  /** Ends after so many lines. */
  readonly count?: number;
  readonly json?: boolean;
}

/** `edge-proxy tap` */
export async function tap({ admin, count, json = false, ...filter }: TapOptions): Promise<void> {
  const { target, targetGroup, listener, client, close } = filter;
  const query = { target, target_group: targetGroup, listener, client, close };
  const style = styleFor(process.stdout);
  const wanted = count ?? Number.POSITIVE_INFINITY;
  let shown = 0;
  // To be interrupted is how it ends, unless it was to see something first.
  using _ = exitOnSignal(count === undefined ? exitCodes.ok : exitCodes.failed);
  for await (const lines of followAdmin(admin, "/api/flow-log", query)) {
    let text = "";
    for (const line of lines) {
      const read = JSON.parse(line) as FlowLogLine | Gap;
      if ("lines_dropped" in read) {
        printError(`Here ${read.lines_dropped} lines are missing: they came faster than they were read.\n`);
        continue;
      }
      if (shown++ < wanted) text += `${json ? line : flowText(read, style)}\n`;
    }
    if (text !== "" && !(await printAndWait(text))) return;
    if (shown >= wanted) return;
  }
  printError("The instance has ended.\n");
  if (count !== undefined) process.exitCode = exitCodes.failed;
}

/** Stands where the instance has left lines out. */
interface Gap {
  readonly lines_dropped: number;
}
