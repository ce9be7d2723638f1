import { once } from "node:events";
import type { Socket } from "node:net";
import { awsVpcEndpointId, decode, type Header } from "@edgekit/pp2";
import { collect, connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb, vpcEndpointId } from "./support/nlb.ts";

trackLeaks();

const enabled = { "proxy_protocol_v2.enabled": true };
const placedFirst = { ...enabled, "proxy_protocol_v2.client_to_server.header_placement": "on_first_ack" };

describe("the PROXY header", () => {
  it("has 100 bytes, names the client and the address that it connected to, and comes with the first payload", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: enabled });
    const client = await connectTo(web.port);
    const server = await target.accept();
    client.write("payload");
    const chunk = await firstChunk(server);
    // One segment: the header alone would be a chunk of 100 bytes.
    expect(chunk.toString("latin1", 100)).toBe("payload");
    const header = headerOf(chunk);
    expect(header.source).toEqual({ address: client.localAddress, port: client.localPort });
    expect(header.destination).toEqual({ address: "127.0.0.1", port: web.port });
    expect(awsVpcEndpointId(header)).toBeUndefined();
    client.destroy();
    server.destroy();
  });

  it.each([
    { workers: 1, flows: 3_000 },
    { workers: 2, flows: 500 },
  ])("says of each of many flows what its client's own socket says, and once, with %o", async ({ workers, flows }) => {
    const told = new Map<string, number>();
    await using target = await listenOn("127.0.0.1", (socket) => {
      socket.once("data", (chunk: Buffer) => {
        const { source, destination } = headerOf(chunk);
        const names = `${source?.address} ${source?.port} ${destination?.address} ${destination?.port}`;
        // The client sent the same, behind the header.
        expect(chunk.toString("latin1", 100)).toBe(names);
        told.set(names, (told.get(names) ?? 0) + 1);
        socket.resetAndDestroy();
      });
    });
    await using web = await startNlb({ targets: [target], attributes: enabled, workers });
    const atOnce = 100;
    for (let opened = 0; opened < flows; opened += atOnce) {
      await Promise.all(
        Array.from({ length: atOnce }, async (_, i) => {
          const client = await connectTo(web.port, { localAddress: `127.0.${i % 3}.${1 + (i % 7)}` });
          const { localAddress, localPort, remoteAddress, remotePort } = client;
          const reset = collect(client);
          client.write(`${localAddress} ${localPort} ${remoteAddress} ${remotePort}`);
          await reset;
        }),
      );
    }
    expect([...told.values()].reduce((sum, times) => sum + times, 0)).toBe(flows);
  });

  it("carries the VPC endpoint's id and address for flows that came through it", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: enabled });
    const client = await connectTo(web.endpointPort);
    const server = await target.accept();
    client.write("payload");
    const header = headerOf(await firstChunk(server));
    expect(awsVpcEndpointId(header)).toBe(vpcEndpointId);
    expect(header.destination).toEqual({ address: "127.0.0.1", port: web.endpointPort });
    client.destroy();
    server.destroy();
  });

  it("is sent alone before any payload with on_first_ack, so that a server may speak first", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: placedFirst });
    const client = await connectTo(web.port);
    const server = await target.accept();
    expect(await firstChunk(server)).toHaveLength(100);
    server.write("220 ready");
    expect((await firstChunk(client)).toString()).toBe("220 ready");
    client.destroy();
    server.destroy();
  });

  it("waits for payload by default, so a client that only closes sends no byte", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: enabled });
    const client = await connectTo(web.port);
    const server = await target.accept();
    client.end();
    const got = await withDeadline(collect(server), "the FIN");
    expect([got.bytes.length, got.end]).toEqual([0, "fin"]);
    server.destroy();
    client.destroy();
  });

  it("leaves a header that the client sent where it is: the target sees both", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: enabled });
    const client = await connectTo(web.port);
    const server = await target.accept();
    client.write("PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n");
    expect((await firstChunk(server)).toString("latin1", 100)).toBe("PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n");
    client.destroy();
    server.destroy();
  });

  it("is right for IPv6: 100 bytes with both addresses", async () => {
    await using target = await listenOn("::1");
    await using web = await startNlb({
      targets: [target],
      attributes: enabled,
      loadBalancer: { zones: [{ name: "six", address: "::1" }], vpcEndpoints: [] },
    });
    const client = await connectTo(web.port, { host: "::1" });
    const server = await target.accept();
    client.write("payload");
    const chunk = await firstChunk(server);
    expect(chunk.toString("latin1", 100)).toBe("payload");
    const header = headerOf(chunk);
    expect(header.source).toEqual({ address: "::1", port: client.localPort });
    expect(header.destination).toEqual({ address: "::1", port: web.port });
    client.destroy();
    server.destroy();
  });

  it("calls an IPv4 client of a dual-stack listener TCP over IPv4, not a mapped IPv6 address", async () => {
    await using target = await listenOn();
    await using web = await startNlb({
      targets: [target],
      attributes: enabled,
      loadBalancer: { zones: [{ name: "dual", address: "::" }], vpcEndpoints: [] },
    });
    const client = await connectTo(web.port);
    const server = await target.accept();
    client.write("payload");
    const header = headerOf(await firstChunk(server));
    expect(header.family).toBe("INET");
    expect(header.source).toEqual({ address: "127.0.0.1", port: client.localPort });
    client.destroy();
    server.destroy();
  });
});

describe("the address that a target sees", () => {
  it("is the node's by default", async () => {
    await using target = await listenOn();
    await using web = await startNlb({
      targets: [target],
      loadBalancer: { zones: [{ name: "a", address: "127.0.1.1" }] },
    });
    const client = await connectTo(web.port, { host: "127.0.1.1", localAddress: "127.0.0.9" });
    const server = await target.accept();
    expect(server.remoteAddress).toBe("127.0.1.1");
    client.destroy();
    server.destroy();
  });

  it("is the client's with preserve_client_ip.enabled, except through a VPC endpoint", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: { "preserve_client_ip.enabled": true } });
    for (const [port, address] of [
      [web.port, "127.0.0.9"],
      [web.endpointPort, "127.0.0.1"],
    ] as const) {
      const client = await connectTo(port, { localAddress: "127.0.0.9" });
      const server = await target.accept();
      expect(server.remoteAddress).toBe(address);
      client.destroy();
      server.destroy();
    }
  });
});

function headerOf(bytes: Uint8Array): Header {
  const result = decode(bytes, { crc32c: "require" });
  if (result.status !== "ok") throw new Error(JSON.stringify(result));
  expect(result.bytesRead).toBe(100);
  return result.header;
}

async function firstChunk(socket: Socket): Promise<Buffer> {
  const data = once(socket, "data");
  socket.resume();
  const [chunk] = await withDeadline(data, "the first bytes");
  socket.pause();
  return chunk as Buffer;
}
