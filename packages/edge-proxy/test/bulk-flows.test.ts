import { connect } from "node:net";
import { listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { bulkBuffers } from "../src/data/read-buffer.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

const flowsPerRound = 15;
const rounds = 2;
/** More than the kernel holds on the whole way, so that every direction is full at some time. */
const bytesEach = 16 * 1024 * 1024;

/** What a flow carries: its own byte, over and over. */
const blocks: readonly Buffer[] = Array.from({ length: flowsPerRound }, (_, flow) => Buffer.alloc(bytesEach, flow + 1));

/** Whether bytes are those of one flow only. */
function isOf(flow: number, bytes: Buffer): boolean {
  return bytes.equals((blocks[flow] as Buffer).subarray(0, bytes.length));
}

type Behaviour = "reads at once" | "stalls first" | "resets" | "leaves" | "is reset by the target";
const behaviours: readonly Behaviour[] = [
  "reads at once",
  "stalls first",
  "resets",
  "leaves",
  "is reset by the target",
];

// All flows of a process share the memory that reads come in and the pipe through which the kernel moves bytes.
it("of different endings side by side carry their own bytes only, and all of them where nobody breaks off", async () => {
  const mixedUp: string[] = [];
  await using target = await listenOn("127.0.0.1", (socket) => {
    let flow: number | undefined;
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      flow ??= (chunk[0] as number) - 1;
      bytes += chunk.length;
      if (!isOf(flow, chunk)) mixedUp.push(`flow ${flow} on its way to the target`);
      if (behaviourOf(flow) === "is reset by the target" && bytes > bytesEach / 2) socket.resetAndDestroy();
      else if (!socket.write(chunk)) socket.pause();
    });
    socket.on("drain", () => socket.resume());
    socket.on("end", () => socket.end());
  });
  await using web = await startNlb({ targets: [target] });
  const carry = async (flow: number, mayRead?: Promise<unknown>): Promise<void> => {
    const behaviour = behaviourOf(flow);
    const client = connect({ host: "127.0.0.1", port: web.port, allowHalfOpen: true });
    const closed = new Promise((resolve) => client.once("close", resolve));
    let bytes = 0;
    client.on("error", () => {});
    client.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (!isOf(flow, chunk)) mixedUp.push(`flow ${flow} on its way back`);
      if (behaviour === "resets" && bytes > bytesEach / 4) client.resetAndDestroy();
      if (behaviour === "leaves" && bytes > bytesEach / 4) client.destroy();
    });
    client.once("end", () => client.destroy());
    if (mayRead !== undefined) {
      client.pause();
      void mayRead.then(() => client.resume());
    }
    client.end(blocks[flow] as Buffer);
    await withDeadline(closed, `the end of flow ${flow}, which ${behaviour}`);
    if (behaviour === "reads at once" || behaviour === "stalls first") expect(bytes).toBe(bytesEach);
  };
  const flows = blocks.map((_, flow) => flow);
  for (let round = 0; round < rounds; round++) {
    const others = Promise.all(flows.filter((flow) => behaviourOf(flow) !== "stalls first").map((flow) => carry(flow)));
    const stalled = flows.filter((flow) => behaviourOf(flow) === "stalls first").map((flow) => carry(flow, others));
    await Promise.all([others, ...stalled]);
  }
  await until(() => web.nlb.flows === 0, "the last flow to end");
  expect(mixedUp).toEqual([]);
  expect(bulkBuffers.lent).toBe(0);
  const ends = web.closed.map(({ reason }) => `${reason.side} ${reason.kind}`);
  const each = (flowsPerRound * rounds) / behaviours.length;
  expect(ends.filter((end) => end === "client fin").length).toBeGreaterThanOrEqual(2 * each);
  expect(ends.filter((end) => end === "target rst").length).toBe(each);
});

function behaviourOf(flow: number): Behaviour {
  return behaviours[flow % behaviours.length] as Behaviour;
}
