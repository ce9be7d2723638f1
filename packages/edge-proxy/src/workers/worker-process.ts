import type { TcpHandle } from "../data/node-tcp.ts";
import type { FromWorker, OfferedClient, ToWorker } from "./message.ts";
import { Worker } from "./worker.ts";

/*
 * The program of a worker process. It lives as long as its channel to the primary process. A terminal and systemd send signals to
 * both; only the primary process acts on them.
 */

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());

let worker: Worker | undefined;

process.on("message", (message: ToWorker, handle: TcpHandle | undefined) => {
  if (message.type === "start") worker = new Worker(message.settings, tell, give);
  else void worker?.receive(message, handle);
});

tell({ type: "listening" });

/** Sends a connection to the primary process; `given` is called when it has arrived there. */
function give(message: OfferedClient, connection: TcpHandle, given: () => void): void {
  process.send?.(message, connection as never, undefined, () => {
    connection.close();
    given();
  });
}

function tell(message: FromWorker): void {
  // A send fails only when the primary process is gone, and then 'disconnect' is about to come.
  process.send?.(message, undefined, undefined, () => {});
}
