export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

// Somebody who stops reading our output (`| head`) must not end the traffic.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

export function print(text: string): void {
  process.stdout.write(text);
}

export function printError(text: string): void {
  process.stderr.write(text);
}
