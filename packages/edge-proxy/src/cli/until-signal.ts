import { printError } from "./output.ts";

/**
 * Waits for SIGTERM or SIGINT. To be called before anything is started, so that no signal comes too early. A second signal does
 * not wait for an orderly end: the process ends at once, with 1.
 */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      printError(`${signal}: no new connections; waiting for the open ones. Again to stop at once.\n`);
      resolve();
    };
    process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  });
}
