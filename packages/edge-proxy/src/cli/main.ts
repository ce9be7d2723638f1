import { CommanderError } from "commander";
import { EdgeProxyError, type EdgeProxyErrorCode } from "../error.ts";
import { exitCodes, print, printError } from "./output.ts";
import { createProgram } from "./program.ts";
import { isShortForm, shortForm } from "./short-form.ts";

/**
 * Runs the command line. The process ends with 0 (ok), 1 (failed), 2 (the command line or the config is wrong) or 3 (a target
 * group has no healthy target).
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram({ writeOut: print, writeErr: printError });
  const words = argv.slice(2);
  const names = program.commands.map((command) => command.name());
  try {
    await program.parseAsync(isShortForm(words, names) ? [shortForm, ...words] : words, { from: "user" });
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Mistakes of whoever typed or wrote the config. */
const usageErrors: readonly EdgeProxyErrorCode[] = [
  "EDGE_USAGE",
  "EDGE_CONFIG_INVALID",
  "EDGE_CONFIG_UNREADABLE",
  "EDGE_LIMIT_TOO_HIGH",
];

/** Tells the user what went wrong, once. @returns the exit code */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed it already; asking for help is no error.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof EdgeProxyError) {
    printError(`${error.message}\n`);
    return usageErrors.includes(error.code) ? exitCodes.usage : exitCodes.failed;
  }
  printError(`edge-proxy: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}
