import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import { connectTo, listenOn, testOnlyTls, trackLeaks, withDeadline } from "@edgekit/testkit";
import { Agent, type Dispatcher, request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { closed, listening } from "../../test/node/listening.ts";
import { ManualClock } from "../../test/node/manual-clock.ts";
import { seenByHttp2, whatIsSeen } from "../../test/node/server-kinds.ts";
import { decode, encode, Pp2Error } from "../index.ts";
import { connectWithHeader, ProxyHeaderAgent, ProxyHeaderHttpsAgent, proxyConnector, proxyProtocol } from "./index.ts";

trackLeaks();

const source = { address: "198.51.100.7", port: 40001 };
const destination = { address: "203.0.113.9", port: 443 };
const ca = testOnlyTls.cert;

/** The first chunk that the next connection of a server carries: what came in one segment. */
async function firstSegment(server: Awaited<ReturnType<typeof listenOn>>): Promise<Buffer> {
  const socket = await server.accept();
  const [chunk] = (await withDeadline(once(socket.resume(), "data"), "the first bytes")) as [Buffer];
  return chunk;
}

describe("connectWithHeader", () => {
  it("sends header and first payload in one segment", async () => {
    await using server = await listenOn();
    const segment = firstSegment(server);
    const socket = await connectWithHeader({
      host: "127.0.0.1",
      port: server.port,
      source,
      destination,
      firstPayload: "hello",
    });
    expect(await segment).toEqual(Buffer.concat([encode({ source, destination }), Buffer.from("hello")]));
    socket.destroy();
  });

  it("sends what is written at once in the header's segment", async () => {
    await using server = await listenOn();
    const segment = firstSegment(server);
    const socket = await connectWithHeader({ host: "127.0.0.1", port: server.port, version: 1, source, destination });
    socket.write("hello");
    expect((await segment).toString()).toBe("PROXY TCP4 198.51.100.7 203.0.113.9 40001 443\r\nhello");
    socket.destroy();
  });

  it("sends the header by itself when the server speaks first", async () => {
    await using server = await listenOn();
    const segment = firstSegment(server);
    const socket = await connectWithHeader({ host: "127.0.0.1", port: server.port, source, destination, padTo: 100 });
    expect(await segment).toHaveLength(100);
    socket.destroy();
  });

  it("sends the header before an HTTP/2 session that is begun at once, past the socket's own writes", async () => {
    const server = http2.createServer((req, res) => res.end(whatIsSeen(req.socket, req)));
    proxyProtocol(server, { trusted: ["127.0.0.1"] });
    const port = await listening(server);
    const socket = await connectWithHeader({ host: "127.0.0.1", port, source, destination });
    const session = http2.connect("http://localhost", { createConnection: () => socket });
    const seen = await seenByHttp2(session);
    expect(seen).toMatchObject({ remoteAddress: source.address, remotePort: source.port });
    await closed(server);
  });

  it("names the address that it connects to when there is no destination", async () => {
    await using server = await listenOn();
    const segment = firstSegment(server);
    const socket = await connectWithHeader({ host: "127.0.0.1", port: server.port, source });
    expect(decode(await segment)).toMatchObject({
      header: { source, destination: { address: "127.0.0.1", port: server.port } },
    });
    socket.destroy();
  });

  it("says LOCAL without a source", async () => {
    await using server = await listenOn();
    const segment = firstSegment(server);
    const socket = await connectWithHeader({ host: "127.0.0.1", port: server.port });
    expect(decode(await segment)).toMatchObject({ header: { command: "LOCAL" } });
    socket.destroy();
  });

  it("rejects what is no header before it connects", async () => {
    await using server = await listenOn();
    const bad = { host: "127.0.0.1", port: server.port, source: { address: "nobody", port: 1 } };
    await expect(connectWithHeader(bad)).rejects.toBeInstanceOf(Pp2Error);
    await expect(connectWithHeader({ ...bad, destination })).rejects.toBeInstanceOf(Pp2Error);
    expect(server.sockets.size).toBe(0);
  });

  it("rejects with the socket's error", async () => {
    const server = net.createServer();
    const port = await listening(server);
    await closed(server);
    await expect(connectWithHeader({ host: "127.0.0.1", port, source })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  it("rejects with the signal's reason, before and while it connects", async () => {
    await using server = await listenOn();
    const target = { host: "127.0.0.1", port: server.port, source };
    await expect(connectWithHeader({ ...target, signal: AbortSignal.abort("no") })).rejects.toBe("no");
    const controller = new AbortController();
    const connecting = connectWithHeader({ ...target, signal: controller.signal });
    controller.abort("never mind");
    await expect(connecting).rejects.toBe("never mind");
  });

  it("rejects when connecting takes longer than connectTimeoutMs", async () => {
    const clock = new ManualClock();
    await using server = await listenOn();
    // A look-up that never answers.
    const lookup = (): void => {};
    const target = { host: "app.invalid", port: server.port, lookup, source, clock };
    const connecting = connectWithHeader({ ...target, connectTimeoutMs: 100 });
    clock.advance(100);
    await expect(connecting).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(clock.running).toBe(0);
  });
});

describe("towards HTTP servers that expect a header", () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0)) await step();
  });

  async function serve(secure: boolean): Promise<{ origin: string; port: number; connections: () => number }> {
    const answer: http.RequestListener = (req, res) => res.end(whatIsSeen(req.socket, req));
    const server = secure ? https.createServer(testOnlyTls, answer) : http.createServer(answer);
    const handle = proxyProtocol(server, { trusted: ["127.0.0.1"] });
    const port = await listening(server);
    cleanUp.push(() => closed(server));
    const connections = (): number => handle.counters.accepted;
    return { origin: `${secure ? "https" : "http"}://127.0.0.1:${port}`, port, connections };
  }

  async function get(agent: http.Agent, origin: string): Promise<unknown> {
    const client = origin.startsWith("https:") ? https : http;
    const [response] = (await withDeadline(once(client.get(origin, { agent, ca }), "response"), "the response")) as [
      http.IncomingMessage,
    ];
    return JSON.parse(Buffer.concat(await response.toArray()).toString());
  }

  it("ProxyHeaderAgent sends one header for each connection and reuses connections", async () => {
    const { origin, connections } = await serve(false);
    const agent = new ProxyHeaderAgent({ source, destination, keepAlive: true });
    for (let asked = 0; asked < 3; asked += 1) {
      expect(await get(agent, origin)).toMatchObject({ remoteAddress: source.address, remotePort: source.port });
    }
    expect(connections()).toBe(1);
    agent.destroy();
  });

  it("ProxyHeaderAgent sends header and request in one segment", async () => {
    await using server = await listenOn();
    const agent = new ProxyHeaderAgent({ source, destination });
    const segment = firstSegment(server);
    const asking = http.get(`http://127.0.0.1:${server.port}/`, { agent }).on("error", () => {});
    expect((await segment).toString("latin1")).toContain("GET / HTTP/1.1\r\n");
    asking.destroy();
  });

  it("ProxyHeaderHttpsAgent sends the header before TLS", async () => {
    const { origin } = await serve(true);
    const agent = new ProxyHeaderHttpsAgent({ source, destination });
    expect(await get(agent, origin)).toMatchObject({ remoteAddress: source.address });
    agent.destroy();
  });

  it("an agent's connection that fails is the request's error", async () => {
    const agent = new ProxyHeaderAgent({ source, destination });
    const server = net.createServer();
    const port = await listening(server);
    await closed(server);
    const asking = http.get(`http://127.0.0.1:${port}/`, { agent });
    expect(await once(asking, "error")).toMatchObject([{ code: "ECONNREFUSED" }]);
  });

  it("agents and connectors refuse at once what is no header", () => {
    const nobody = { source: { address: "nobody", port: 1 } };
    for (const make of [
      () => new ProxyHeaderAgent(nobody),
      () => new ProxyHeaderHttpsAgent(nobody),
      () => proxyConnector(nobody),
    ]) {
      expect(make).toThrow(Pp2Error);
    }
  });

  async function ask(origin: string, dispatcher: Dispatcher): Promise<unknown> {
    const { body } = await withDeadline(request(origin, { dispatcher }), "the response");
    return body.json();
  }

  it.each([
    ["http", false],
    ["https", true],
  ])("proxyConnector makes undici send one header for each connection, %s", async (_, secure) => {
    const { origin, connections } = await serve(secure);
    const dispatcher = new Agent({ connections: 1, connect: proxyConnector({ source, destination, tls: { ca } }) });
    for (let asked = 0; asked < 3; asked += 1) {
      expect(await ask(origin, dispatcher)).toMatchObject({ remoteAddress: source.address, remotePort: source.port });
    }
    expect(connections()).toBe(1);
    await dispatcher.close();
  });

  it("proxyConnector sends header and request in one segment", async () => {
    await using server = await listenOn();
    const dispatcher = new Agent({ connect: proxyConnector({ source, destination }) });
    const segment = firstSegment(server);
    const asking = request(`http://127.0.0.1:${server.port}/`, { dispatcher }).catch(() => {});
    expect((await segment).toString("latin1")).toContain("GET / HTTP/1.1\r\n");
    await dispatcher.destroy();
    await asking;
  });

  it("proxyConnector does not connect to a server whose certificate is not trusted, and leaves nothing behind", async () => {
    const { origin } = await serve(true);
    const dispatcher = new Agent({ connect: proxyConnector({ source, destination }) });
    await expect(ask(origin, dispatcher)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    await dispatcher.close();
  });

  it("a server that expects a header is not reachable without one", async () => {
    const { port } = await serve(false);
    const client = await connectTo(port);
    client.end("GET / HTTP/1.0\r\n\r\n");
    const [error] = await once(client.resume(), "close");
    expect(error).toBeDefined();
  });
});
