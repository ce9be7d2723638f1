import type { TcpHandle } from "../data/node-tcp.ts";
import type { FromWorker, OfferedClient, ToWorker } from "./message.ts";
import { Worker } from "./worker.ts";

/*
 * What a worker process runs. It lives as long as the channel to the primary process does, which hears the signals: a terminal
 * and systemd send them to both.
 */

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());

let worker: Worker | undefined;

process.on("message", (message: ToWorker, handle: TcpHandle | undefined) => {
  if (message.type === "start") worker = new Worker(message.settings, tell, give);
  else void worker?.receive(message, handle);
});

tell({ type: "listening" });

/** The connection is another process's when it calls back. */
function give(message: OfferedClient, connection: TcpHandle, given: () => void): void {
  process.send?.(message, connection as never, undefined, () => {
    connection.close();
    given();
  });
}

function tell(message: FromWorker): void {
  // Without the primary process there is nobody to tell, and 'disconnect' is about to say so.
  process.send?.(message, undefined, undefined, () => {});
}
