import { once } from "node:events";
import { connectTo } from "./client.ts";
import type { EchoJob, EchoResult } from "./job.ts";

/** Sends through one connection to an echo, and takes it back. */
export async function sendAndTakeBack(job: EchoJob, ready: () => void): Promise<EchoResult> {
  const block = Buffer.alloc(1024 * 1024, 7);
  const socket = connectTo(job);
  await once(socket, "connect");
  ready();
  const startMs = performance.now();
  let received = 0;
  const all = new Promise<void>((resolve, reject) => {
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received === job.mebibytes * block.length) resolve();
    });
    socket.once("close", () => reject(new Error(`closed after ${received} bytes`)));
  });
  all.catch(() => {});
  for (let sent = 0; sent < job.mebibytes && !socket.destroyed; sent++) {
    if (!socket.write(block)) await Promise.race([once(socket, "drain"), all]);
  }
  await all;
  socket.destroy();
  return { seconds: (performance.now() - startMs) / 1000 };
}
