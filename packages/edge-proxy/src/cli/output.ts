import { unblockTerminal } from "../observe/unblock-terminal.ts";

export const exitCodes = { ok: 0, failed: 1, usage: 2, unhealthy: 3 } as const;

// Somebody who stops reading our output (`| head`) must not end the traffic.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

/** For commands that carry traffic: whoever stops reading must not hold it up either. */
export function neverWaitForReaders(): void {
  unblockTerminal(process.stdout);
  unblockTerminal(process.stderr);
}

export function print(text: string): void {
  process.stdout.write(text);
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

export function printError(text: string): void {
  process.stderr.write(text);
}
