import { printError } from "./output.ts";

/**
 * Waits for SIGTERM or SIGINT, then stops in an orderly way. A second signal does not wait: the process ends at once, with 1.
 */
export async function untilSignal(stop: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      printError(`${signal}: no new connections; waiting for the open ones. Again to stop at once.\n`);
      resolve();
    };
    process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  });
  await stop();
  // Explicit, because what a user's stdout or a stray handle keeps open must not hold the process.
  process.exit(0);
}
