import { once } from "node:events";
import type { Socket } from "node:net";
import { connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb, vpcEndpointId } from "./support/nlb.ts";

trackLeaks();

describe("EdgeProxy.explain", () => {
  it("foretells target, source address and header bytes of real connections", async () => {
    await using one = await listenOn();
    await using two = await listenOn();
    await using three = await listenOn();
    const servers = [one, two, three];
    const attributes = { "proxy_protocol_v2.enabled": true, "preserve_client_ip.enabled": true };
    let seed = 0;
    await using web = await startNlb({ targets: servers, attributes, random: () => seed / 0x1_0000_0000 });
    // A target that became healthy between a connection and its foretelling would make them differ.
    const isHealthy = (): boolean =>
      web.nlb.describeTargetHealth("app").every(({ TargetHealth }) => TargetHealth.State === "healthy");
    await until(isHealthy, "the first checks");
    const used = new Set<string>();
    // Client ports differ from run to run: all flows get the same target by chance with a probability of 3 ** -19, 1e-9.
    for (seed = 1; seed <= 20; seed++) {
      const client = await connectTo(web.port);
      const from = { address: "127.0.0.1", port: client.localPort ?? 0 };
      const answer = web.nlb.explain({ client: from, to: `127.0.0.1:${web.port}`, seed });
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

  it("knows how targets are now, and throws where nothing listens", async () => {
    await using web = await startNlb({ targets: [{ port: 1 }] });
    const client = { address: "127.0.0.1", port: 1 };
    await until(() => web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State === "healthy", "the first check");
    const [group] = web.nlb.explain({ client, to: "web", via: vpcEndpointId }).targetGroups;
    expect(group?.targets).toMatchObject([{ target: "127.0.0.1:1", state: "healthy", chosen: true }]);
    expect(() => web.nlb.explain({ client, to: "nothing" })).toThrow(RangeError);
  });
});

async function firstChunk(socket: Socket): Promise<Buffer> {
  const data = once(socket, "data");
  socket.resume();
  const [chunk] = await withDeadline(data, "the first bytes");
  return chunk as Buffer;
}
