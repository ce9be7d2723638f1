import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { claimBlock, type PortBlock } from "./ports.ts";

const claimed: PortBlock[] = [];
afterEach(async () => {
  await Promise.all(claimed.splice(0).map((block) => block.release()));
});

async function claim(): Promise<PortBlock> {
  const block = await claimBlock();
  claimed.push(block);
  return block;
}

test("two benches that run at the same time never get the same port", async () => {
  const [mine, other] = [await claim(), await claim()];
  const ports = await Promise.all([mine, mine, other, other].map((block) => block.next()));
  expect(new Set(ports).size).toBe(4);
});

test("a port where somebody listens is passed over", async () => {
  const block = await claim();
  const taken = (await block.next()) + 1;
  const server = createServer().listen(taken, "127.0.0.1");
  // If it fails, somebody else listens there, which is as good.
  await once(server, "listening").catch(() => {});
  expect(await block.next()).not.toBe(taken);
  server.close();
});
