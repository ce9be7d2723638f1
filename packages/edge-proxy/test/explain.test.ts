import { once } from "node:events";
import type { Socket } from "node:net";
import { connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { loadConfigObject } from "../src/api/config/load.ts";
import { type Explanation, explain } from "../src/control/explain.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

describe("explain", () => {
  it("foretells target, source address and header bytes of real connections", async () => {
    await using one = await listenOn();
    await using two = await listenOn();
    await using three = await listenOn();
    const servers = [one, two, three];
    const attributes = { "proxy_protocol_v2.enabled": true, "preserve_client_ip.enabled": true };
    let seed = 0;
    await using web = await startNlb({ targets: servers, attributes, random: () => seed / 0x1_0000_0000 });
    const snapshot = snapshotOf(servers, attributes, web.port);
    const used = new Set<string>();
    for (seed = 1; seed <= 12; seed++) {
      const client = await connectTo(web.port);
      const from = { address: "127.0.0.1", port: client.localPort ?? 0 };
      const answer = explain(snapshot, { client: from, to: `127.0.0.1:${web.port}`, seed }) as Explanation;
      const server = servers.find(({ port }) => answer.target === `127.0.0.1:${port}`);
      if (server === undefined) throw new Error(`not a target: ${answer.target}`);
      used.add(String(answer.target));
      const socket = await withDeadline(server.accept(), "the connection at the target that was foretold");
      client.write("x");
      expect((await firstChunk(socket)).toString("hex", 0, 100)).toBe(answer.header?.hex);
      expect(answer.source).toMatchObject({ kind: "client-address", address: socket.remoteAddress });
      client.destroy();
      socket.destroy();
    }
    expect(used.size).toBeGreaterThan(1);
  });
});

function snapshotOf(
  servers: readonly { readonly port: number }[],
  attributes: Record<string, boolean>,
  port: number,
): Parameters<typeof explain>[0] {
  const { model } = loadConfigObject({
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [
      { name: "app", port: 80, attributes, targets: servers.map(({ port }) => ({ id: "127.0.0.1", port })) },
    ],
  });
  return {
    model,
    clientIp: new Map([["web", { way: "loopback", why: "its nodes are on loopback addresses" }]]),
    stateOf: () => ({ name: "healthy", failures: 0 }),
    listening: () => ({ address: "127.0.0.1", port }),
  };
}

async function firstChunk(socket: Socket): Promise<Buffer> {
  const data = once(socket, "data");
  socket.resume();
  const [chunk] = await withDeadline(data, "the first bytes");
  return chunk as Buffer;
}
