import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Opens flows through a proxy and holds them. @returns what ends them */
export async function holdIdleFlows(port: number, count: number): Promise<() => Promise<void>> {
  const child = await start("idle", port, count);
  return async () => {
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  };
}

/** Sends so many MiB through a proxy to an echo, and takes them back. */
export async function echoThrough(port: number, mebibytes: number): Promise<void> {
  const child = await start("bulk", port, mebibytes);
  if (child.exitCode === null) await once(child, "close");
}

async function start(mode: "idle" | "bulk", port: number, amount: number): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("./flows-process.js", import.meta.url)), [
    mode,
    String(port),
    String(amount),
  ]);
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`the ${mode} client ended early with ${code}`);
  });
  ended.catch(() => {});
  await Promise.race([once(child, "message"), ended]);
  return child;
}
