import { spawn } from "node:child_process";
import type { EdgeProxy } from "../edge-proxy.ts";
import { environmentWith } from "../inherited-sockets.ts";
import { printError } from "./output.ts";

/** Of a new process: standard streams, then the channel on which it says that it is ready. */
const firstInherited = 4;

/**
 * At SIGUSR2 the same command line is started again, as whatever version of the program is there now, with the listening sockets
 * of this process.
 * @returns resolves when the new process has taken over; a new process that fails changes nothing
 */
export function handOverOnRequest(nlb: EdgeProxy, { allowed }: { readonly allowed: boolean }): Promise<void> {
  return new Promise((resolve) => {
    let underWay = false;
    process.on("SIGUSR2", () => {
      if (!allowed)
        return printError("SIGUSR2: the routes of --apply-routes cannot be handed over; nothing has changed.\n");
      if (underWay) return;
      underWay = true;
      handOver(nlb).then(resolve, (error: Error) => {
        underWay = false;
        printError(`The new process has not taken over, this one goes on: ${error.message}\n`);
      });
    });
  });
}

function handOver(nlb: EdgeProxy): Promise<void> {
  const listeners = [...nlb.listeningSockets];
  let last = firstInherited - 1;
  const inherited = new Map(listeners.map(([name, descriptors]) => [name, descriptors.map(() => ++last)]));
  const next = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "ipc", ...listeners.flatMap(([, descriptors]) => descriptors)],
    env: environmentWith(inherited),
  });
  return new Promise((resolve, reject) => {
    next.once("error", reject);
    next.once("exit", (code, signal) => reject(new Error(`it ended with ${signal ?? code}`)));
    next.once("message", async () => {
      printError(`Process ${next.pid} has taken over; this one ends with its last flow.\n`);
      await nlb.closeAdminAndDns();
      next.send("alone");
      next.disconnect();
      next.unref();
      resolve();
    });
  });
}

/** Of the process that takes over: tells the one before it, and waits until that has let go of what cannot be shared. */
export async function takeOver(): Promise<void> {
  const alone = new Promise<void>((resolve) => {
    process.once("message", () => resolve());
    process.once("disconnect", () => resolve());
  });
  process.send?.("ready");
  await alone;
  if (process.connected) process.disconnect();
}
