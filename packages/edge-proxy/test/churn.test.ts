import { connect, type Socket } from "node:net";
import { listenOn, openSockets, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb } from "./support/nlb.ts";

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

// CHURN_FLOWS=100000 for a longer run.
describe("thousands of flows with every mix of endings", { timeout: 600_000 }, () => {
  it("leave no socket behind, and each has one close record", async () => {
    let turn = 0;
    const nextEnding = (): ((socket: Socket) => void) => endings[turn++ % endings.length] as (socket: Socket) => void;
    await using target = await listenOn("127.0.0.1", (socket) => {
      socket.resume();
      // Where the client only sends FIN, the target answers it; otherwise the flow would stay half-closed.
      socket.once("end", () => socket.end());
      nextEnding()(socket);
    });
    await using web = await startNlb({ targets: [target], attributes: { "proxy_protocol_v2.enabled": true } });
    const before = openSockets();
    const flowsPerRound = 50;
    const rounds = Math.ceil(Number(process.env["CHURN_FLOWS"] ?? 2_000) / flowsPerRound);
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
    await until(() => web.nlb.flows === 0, "the last flow to end");
    await until(() => openSockets() <= before, "the last socket to close");
    const { flows } = web.nlb.state() as {
      flows: {
        flowsOpened: number;
        flowsClosed: number;
        closed: Record<string, number>;
        refused: Record<string, number>;
      };
    };
    expect(flows.flowsOpened + (flows.refused["dead_on_arrival"] ?? 0)).toBe(rounds * flowsPerRound);
    expect(flows.flowsClosed).toBe(flows.flowsOpened);
    expect(Object.values(flows.closed).reduce((sum, n) => sum + n, 0)).toBe(flows.flowsClosed);
    expect(web.closed).toHaveLength(flows.flowsOpened);
  });
});
