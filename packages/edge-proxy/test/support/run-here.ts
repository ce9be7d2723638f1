import { vi } from "vitest";
import { main } from "../../src/cli/main.ts";

/** How a command ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process: a tenth of the time that one of its own takes. Not for commands that wait for a signal. */
export async function runHere(...words: readonly string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text, done?: unknown) => {
      written[name] += text;
      if (typeof done === "function") done();
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main(["node", "edge-proxy", ...words]);
    return { code: Number(process.exitCode), ...written };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
