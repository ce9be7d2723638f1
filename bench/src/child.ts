import { fork } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { endWithUs } from "./end-with-us.ts";

/** Sent by a child process: progress while it works, and at the end its result. */
export type ChildMessage<Found> = { readonly round: number } | { readonly found: Found };

export interface ChildOptions {
  readonly onRound?: (round: number) => void;
  readonly execArgv?: readonly string[];
  /** Default: the Node that runs this. */
  readonly execPath?: string;
}

/** Runs a script in a process of its own and resolves to its result; rejects when it fails. */
export async function runChild<Found>(
  script: URL,
  args: readonly string[],
  { onRound = () => {}, execArgv = [], execPath = process.execPath }: ChildOptions = {},
): Promise<Found> {
  const child = endWithUs(fork(script, args, { execArgv: [...execArgv], execPath }));
  let found: Found | undefined;
  child.on("message", (message: ChildMessage<Found>) => {
    if ("round" in message) onRound(message.round);
    else found = message.found;
  });
  const [code, signal] = await once(child, "exit");
  if (found === undefined || code !== 0)
    throw new Error(`${[basename(script.pathname), ...args].join(" ")} ended with ${signal ?? code}`);
  return found;
}

/** Sends a message to the parent. */
export function tell<Found>(message: ChildMessage<Found>): void {
  process.send?.(message);
}
