import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { listenOn, openSockets, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { bulkBuffers } from "../src/data/read-buffer.ts";
import { startNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";

trackLeaks();

/** The ways in which a peer ends a connection. */
const endings: ((socket: Socket) => void)[] = [
  (socket) => socket.end(),
  (socket) => socket.end("last words"),
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => {
    socket.write(Buffer.alloc(100_000));
    socket.resetAndDestroy();
  },
  (socket) => {
    socket.write(Buffer.alloc(100_000));
    socket.end();
  },
];

/** Of another process; 0 where the system does not tell. */
function socketsOf(pid: number | null): number {
  const folder = `/proc/${pid}/fd`;
  if (!existsSync(folder)) return 0;
  const kinds = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      return "closed meanwhile";
    }
  });
  return kinds.filter((kind) => kind.startsWith("socket:")).length;
}

// CHURN_FLOWS=100000 for a longer run.
describe.each([
  { workers: 1, flows: 2_000 },
  { workers: 2, flows: 600 },
])("flows with every mix of endings, with %o", { timeout: 600_000 }, ({ workers, flows: some }) => {
  it("leave no socket behind, and each has one close record", async () => {
    let turn = 0;
    const nextEnding = (): ((socket: Socket) => void) => endings[turn++ % endings.length] as (socket: Socket) => void;
    await using target = await listenOn("127.0.0.1", (socket) => {
      socket.resume();
      // Where the client only sends FIN, the target answers it; otherwise the flow would stay half-closed.
      socket.once("end", () => socket.end());
      nextEnding()(socket);
    });
    await using web = await startNlb({ targets: [target], attributes: { "proxy_protocol_v2.enabled": true }, workers });
    const inWorkers = (): readonly number[] => web.nlb.state().workers.map(({ pid }) => socketsOf(pid));
    const atRest = inWorkers();
    const before = openSockets();
    const flowsPerRound = 50;
    const rounds = Math.ceil(Number(process.env["CHURN_FLOWS"] ?? some) / flowsPerRound);
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        Array.from({ length: flowsPerRound }, async (_, i) => {
          const socket = connect({ host: "127.0.0.1", port: web.port, allowHalfOpen: true });
          socket.on("error", () => {});
          socket.once("end", () => socket.end());
          socket.resume();
          const closed = new Promise((resolve) => socket.once("close", resolve));
          socket.once("connect", () => {
            // Another period than the target's, so that in time every pair of endings meets.
            (endings[(i + round) % endings.length] as (socket: Socket) => void)(socket);
          });
          await closed;
        }),
      );
    }
    await web.nlb.refresh();
    await until(() => web.nlb.flows === 0, "the last flow to end");
    await until(() => openSockets() <= before, "the last socket to close");
    await until(() => inWorkers().every((open, i) => open <= (atRest[i] ?? 0)), "those of the workers too");
    expect(bulkBuffers.lent).toBe(0);
    expect(sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_source_ports_in_use")).toBe(0);
    const { flows } = web.nlb.state();
    expect(flows.flowsOpened + (flows.refused["dead_on_arrival"] ?? 0)).toBe(rounds * flowsPerRound);
    expect(flows.flowsClosed).toBe(flows.flowsOpened);
    expect(Object.values(flows.closed).reduce((sum, n) => sum + n, 0)).toBe(flows.flowsClosed);
    expect(web.closed).toHaveLength(flows.flowsOpened);
  });
});
