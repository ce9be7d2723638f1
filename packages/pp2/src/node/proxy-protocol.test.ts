import { EventEmitter, once } from "node:events";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { collect, connectTo, testOnlyTls, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { closed, listening } from "../../test/node/listening.ts";
import { loadBalance, type Segments } from "../../test/node/load-balancer.ts";
import { type Seen, type ServerKind, serverKinds, whatIsSeen } from "../../test/node/server-kinds.ts";
import { encode } from "../index.ts";
import { type ProxyProtocolOptions, proxyProtocol } from "./index.ts";

trackLeaks();

const source = { address: "198.51.100.7", port: 40001 };
const destination = { address: "203.0.113.9", port: 443 };
const source6 = { address: "2001:db8::7", port: 40001 };
const destination6 = { address: "2001:db8::9", port: 443 };

async function askThrough(
  kind: ServerKind,
  header: Uint8Array,
  segments: Segments = "coalesced",
  options: Partial<ProxyProtocolOptions> = {},
): Promise<Seen & { serverPort: number; peerPort: number | undefined }> {
  const server = kind.create();
  using handle = proxyProtocol(server, { trusted: ["127.0.0.1"], ...options });
  const serverPort = await listening(server);
  await using balancer = await loadBalance(serverPort, header, segments);
  const seen = await kind.ask(balancer.port);
  expect(handle.pending).toBe(0);
  const peerPort = balancer.localPort;
  await balancer[Symbol.asyncDispose]();
  await closed(server);
  return { ...seen, serverPort, peerPort };
}

describe.each(serverKinds)("a $name server", (kind) => {
  for (const segments of ["coalesced", "byteByByte"] as const) {
    for (const version of [1, 2] as const) {
      it(`sees the client of a v${version} header that comes ${segments}`, async () => {
        const seen = await askThrough(kind, encode({ version, source, destination }), segments);
        expect(seen).toMatchObject({
          remoteAddress: source.address,
          remotePort: source.port,
          remoteFamily: "IPv4",
          localAddress: "127.0.0.1",
          localPort: seen.serverPort,
          client: source,
          peer: { address: "127.0.0.1", port: seen.peerPort },
          command: "PROXY",
          version,
        });
      });
    }
  }

  it("sees an IPv6 client and, on request, the address that the client connected to", async () => {
    const seen = await askThrough(kind, encode({ source: source6, destination: destination6 }), "coalesced", {
      overrideLocal: true,
    });
    expect(seen).toMatchObject({
      remoteAddress: source6.address,
      remotePort: source6.port,
      remoteFamily: "IPv6",
      localAddress: destination6.address,
      localPort: destination6.port,
    });
  });

  it("keeps the real addresses for LOCAL: the load balancer's own health check", async () => {
    const seen = await askThrough(kind, encode({ command: "LOCAL" }), "coalesced", { overrideLocal: true });
    expect(seen).toMatchObject({
      remoteAddress: "127.0.0.1",
      remotePort: seen.peerPort,
      localPort: seen.serverPort,
      client: { address: "127.0.0.1", port: seen.peerPort },
      command: "LOCAL",
    });
  });

  it("is an ordinary server again after detach", async () => {
    const server = kind.create();
    const before = server.listeners("connection");
    const handle = proxyProtocol(server, { trusted: ["127.0.0.1"] });
    handle.detach();
    handle.detach();
    expect(server.listeners("connection")).toEqual(before);
    expect(server.listenerCount("newListener")).toBe(0);
    const port = await listening(server);
    expect((server.address() as AddressInfo).port).toBe(port);
    expect(await kind.ask(port)).toMatchObject({ remoteAddress: "127.0.0.1" });
    await closed(server);
  });
});

it("refuses what is no net.Server: it could hold nothing back", () => {
  const server = new EventEmitter() as net.Server;
  expect(() => proxyProtocol(server, { trusted: ["127.0.0.1"] })).toThrow(/not a net\.Server/);
});

it("also shows the client to a TLS socket that the program builds itself, as for SMTPS", async () => {
  const server = net.createServer((socket) => {
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: tls.createSecureContext(testOnlyTls) });
    secure.end(whatIsSeen(secure, secure));
  });
  proxyProtocol(server, { trusted: ["127.0.0.1"], overrideLocal: true });
  const port = await listening(server);
  await using balancer = await loadBalance(port, encode({ source, destination }), "coalesced");
  const client = tls.connect({ port: balancer.port, host: "127.0.0.1", ca: testOnlyTls.cert });
  const { bytes } = await withDeadline(collect(client), "the answer");
  expect(JSON.parse(bytes.toString())).toMatchObject({
    remoteAddress: source.address,
    remotePort: source.port,
    localAddress: destination.address,
    localPort: destination.port,
  });
  await balancer[Symbol.asyncDispose]();
  await closed(server);
});

describe("a TLS handshake that fails", () => {
  it("is reported with the client's address, and the connection is left with no trace", async () => {
    const server = tls.createServer(testOnlyTls, () => expect.unreachable());
    proxyProtocol(server, { trusted: ["127.0.0.1"] });
    const port = await listening(server);
    const failed = once(server, "tlsClientError") as Promise<[Error, tls.TLSSocket]>;
    const client = await connectTo(port);
    client.write(encode({ source, destination }));
    client.write("GET / HTTP/1.1\r\n\r\n");
    const [, socket] = await withDeadline(failed, "the failure");
    expect(socket.remoteAddress).toBe(source.address);
    client.destroy();
    await closed(server);
  });
});
