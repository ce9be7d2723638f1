import { once } from "node:events";
import type { Socket } from "node:net";
import { connectTo } from "./client.ts";
import type { HoldJob, HoldResult } from "./job.ts";

/** How many flows connect at once: few enough for any backlog. */
const atOnce = 100;

/** Opens flows and holds them until `stop`. */
export async function holdFlows(job: HoldJob, ready: () => void, stop: Promise<void>): Promise<HoldResult> {
  const standing = new Set<Socket>();
  for (let opened = 0; opened < job.flows; opened += atOnce) {
    const count = Math.min(atOnce, job.flows - opened);
    await Promise.all(Array.from({ length: count }, () => open(job, standing)));
  }
  ready();
  await stop;
  const result = { standing: standing.size };
  for (const socket of standing) socket.destroy();
  return result;
}

async function open(job: HoldJob, standing: Set<Socket>): Promise<void> {
  const socket = connectTo(job);
  await once(socket, "connect");
  standing.add(socket);
  socket.on("error", () => {});
  socket.once("close", () => standing.delete(socket));
  socket.write(job.send);
  if (!job.reads) return void socket.pause();
  await once(socket, "data");
  socket.on("data", () => {});
}
