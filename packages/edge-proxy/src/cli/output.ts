import { systemReason } from "../error.ts";
import { unblockTerminal } from "../observe/unblock-terminal.ts";

export const exitCodes = { ok: 0, failed: 1, usage: 2, unhealthy: 3 } as const;

let isOutputLost = false;

// Somebody who stops reading our output (`| head`) must not end the traffic, and a disk that is full must not either. But a
// command whose result is not where it was sent has failed.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isOutputLost) return;
  isOutputLost = true;
  printError(`cannot write to standard output: ${systemReason(error)}\n`);
  process.exitCode = exitCodes.failed;
});
process.stderr.on("error", () => {});

/** For commands that carry traffic: whoever stops reading must not hold it up either. */
export function neverWaitForReaders(): void {
  unblockTerminal(process.stdout);
  unblockTerminal(process.stderr);
}

export function print(text: string): void {
  process.stdout.write(text);
}

/** For output without an end: resolves when whoever reads it can have more. @returns false when nobody reads it any more */
export function printAndWait(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(!error));
  });
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

export function printError(text: string): void {
  process.stderr.write(text);
}
