import { createHash, randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http2 from "node:http2";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collect, connectTo, trackLeaks, withDeadline } from "@edgekit/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { closed, listening } from "../../test/node/listening.ts";
import { loadBalance } from "../../test/node/load-balancer.ts";
import { until } from "../../test/node/until.ts";
import { awsVpcEndpointId, encode } from "../index.ts";
import { type ProxyProtocolHandle, type ProxyProtocolOptions, proxyInfo, proxyProtocol } from "./index.ts";

trackLeaks();

const source = { address: "198.51.100.7", port: 40001 };
const destination = { address: "203.0.113.9", port: 443 };
const header = encode({ source, destination });
const trusted = ["127.0.0.1"];

const open: net.Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) if (server.listening) await closed(server);
});

async function serve(
  onConnection: ((socket: net.Socket) => void) | undefined,
  options: Partial<ProxyProtocolOptions> = {},
  serverOptions: net.ServerOpts = {},
): Promise<{ server: net.Server; port: number; handle: ProxyProtocolHandle }> {
  const server = net.createServer(serverOptions, onConnection);
  open.push(server);
  const handle = proxyProtocol(server, { trusted, ...options });
  return { server, port: await listening(server), handle };
}

async function answerTo(port: number, ...chunks: (Uint8Array | string)[]): Promise<string> {
  const client = await connectTo(port);
  for (const chunk of chunks) client.write(chunk);
  const { bytes } = await withDeadline(collect(client), "the answer");
  client.destroy();
  return bytes.toString();
}

describe("the payload behind the header", () => {
  it.each(["coalesced", "byteByByte"] as const)("of 10 MiB arrives whole, %s (P12)", async (segments) => {
    const payload = randomBytes(10 * 1024 * 1024);
    const hash = createHash("sha256");
    let received = 0;
    const { port } = await serve((socket) => {
      socket.on("data", (chunk: Buffer) => {
        hash.update(chunk);
        received += chunk.length;
        if (received === payload.length) socket.end("done");
      });
    });
    await using balancer = await loadBalance(port, header, segments);
    expect(await answerTo(balancer.port, payload)).toBe("done");
    expect(received).toBe(payload.length);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(payload).digest("hex"));
  });

  it.each([
    [
      "'readable'",
      (socket: net.Socket) =>
        socket
          .on("readable", () => {
            for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) socket.write(chunk);
          })
          .on("end", () => socket.end()),
    ],
    ["pipe", (socket: net.Socket) => socket.pipe(socket)],
    [
      "'data', a turn later",
      (socket: net.Socket) =>
        setImmediate(() => socket.on("data", (chunk) => socket.write(chunk)).on("end", () => socket.end())),
    ],
    [
      "for await",
      async (socket: net.Socket) => {
        for await (const chunk of socket) socket.write(chunk);
        socket.end();
      },
    ],
  ])("can be read by %s", async (_, onConnection) => {
    const { port } = await serve(onConnection as (socket: net.Socket) => void, {}, { allowHalfOpen: true });
    const client = await connectTo(port);
    client.write(header);
    client.end("hello");
    expect((await withDeadline(collect(client), "the echo")).bytes.toString()).toBe("hello");
  });

  it("waits on a server with pauseOnConnect until the application resumes", async () => {
    const chunks: string[] = [];
    const { port } = await serve(
      (socket) => {
        socket.on("data", (chunk) => chunks.push(String(chunk)));
        setImmediate(() =>
          setImmediate(() => {
            chunks.push("resumed");
            socket.on("end", () => socket.end()).resume();
          }),
        );
      },
      {},
      { pauseOnConnect: true },
    );
    const client = await connectTo(port);
    client.write(Buffer.concat([header, Buffer.from("hello")]));
    client.end();
    await withDeadline(collect(client), "the end");
    expect(chunks).toEqual(["resumed", "hello"]);
  });

  it("that begins with a header again is reported, since it is the client's own and not to be believed", async () => {
    const seen: unknown[] = [];
    const onSecond = (message: unknown): void => void seen.push((message as { info: { client: unknown } }).info.client);
    subscribe("edgekit:pp2:second-header", onSecond);
    const { port, handle } = await serve((socket) => socket.resume().end(`${socket.remoteAddress}`));
    const forged = encode({ source: { address: "192.0.2.66", port: 1 }, destination });
    expect(await answerTo(port, Buffer.concat([header, forged]))).toBe(source.address);
    unsubscribe("edgekit:pp2:second-header", onSecond);
    expect(handle.counters.secondHeaders).toBe(1);
    expect(seen).toEqual([source]);
  });
});

describe("the server's own listeners", () => {
  it("that are added after proxyProtocol wait for the header as well, and are called with the server as this", async () => {
    const { server, port } = await serve(undefined);
    const calls: unknown[] = [];
    server.on("connection", function (this: unknown, socket: net.Socket) {
      calls.push(this === server, socket.remoteAddress);
      socket.end();
    });
    await answerTo(port, header);
    expect(calls).toEqual([true, source.address]);
  });

  it("are called in their order; once is once; off is off", async () => {
    const calls: string[] = [];
    const { server, port } = await serve(() => calls.push("first"));
    const never = (): void => void calls.push("never");
    server.on("connection", never);
    server.once("connection", () => calls.push("once"));
    server.on("connection", (socket) => {
      calls.push("last");
      socket.end();
    });
    await answerTo(port, header).catch(() => "");
    server.off("connection", never);
    calls.length = 0;
    await answerTo(port, header);
    expect(calls).toEqual(["first", "last"]);
    expect(server.listenerCount("connection")).toBe(3);
  });

  it("resolve events.once with a socket whose header has been read", async () => {
    const { server, port } = await serve(undefined);
    const arrived = once(server, "connection") as Promise<[net.Socket]>;
    const client = await connectTo(port);
    client.write(header);
    const [socket] = await withDeadline(arrived, "the connection");
    expect(socket.remoteAddress).toBe(source.address);
    client.destroy();
    socket.destroy();
  });

  it("may be taken off again before they were ever in place", async () => {
    const { server, port } = await serve((socket) => socket.end("one"));
    const never = (): void => expect.unreachable();
    server.on("connection", never);
    server.off("connection", never);
    expect(await answerTo(port, header)).toBe("one");
  });

  it("of a server that expects a header already are left alone", async () => {
    const { server, handle } = await serve(undefined);
    expect(() => proxyProtocol(server, { trusted })).toThrow(TypeError);
    handle.detach();
    proxyProtocol(server, { trusted }).detach();
  });

  it("are left alone when an option is wrong", () => {
    const server = net.createServer(() => {});
    const before = server.rawListeners("connection");
    for (const options of [
      undefined,
      {},
      { trusted: [] },
      { trusted, headerTimeoutMs: 0 },
      { trusted, headerTimeoutMs: -1 },
      { trusted, headerTimeoutMs: Number.NaN },
      { trusted, headerTimeoutMs: 2 ** 31 },
      { trusted, headerTimeoutMs: "5s" },
      { trusted, maxPending: 0 },
      { trusted, maxPending: 1.5 },
      { trusted, maxHeaderSize: 15 },
      { trusted, versions: [] },
      { trusted, crc32c: "always" },
      { trusted, untrusted: "reject" },
      { trusted, validate: "yes" },
      { trusted, onHeader: {} },
    ]) {
      expect(() => proxyProtocol(server, options as never), JSON.stringify(options)).toThrow(/^(?!Cannot)/);
      expect(server.rawListeners("connection")).toEqual(before);
      expect(server.eventNames()).toEqual(["connection"]);
    }
  });
});

describe("what is told of connections", () => {
  it("onHeader comes before the application, and an exception of its does no harm", async () => {
    const order: string[] = [];
    const { port, handle } = await serve(
      (socket) => {
        order.push("application");
        socket.end("served");
      },
      {
        onHeader: (info) => {
          order.push(info.client.address);
          throw new Error("not my day");
        },
        onReject: async () => {
          throw new Error("nor mine");
        },
      },
    );
    expect(await answerTo(port, header)).toBe("served");
    expect(await answerTo(port, "GET / HTTP/1.1\r\n\r\n")).toBe("");
    expect(order).toEqual([source.address, "application"]);
    expect(handle.counters.callbackErrors).toBe(1);
  });

  it("onHeader may turn a connection away by destroying it", async () => {
    const { port } = await serve(() => expect.unreachable(), { onHeader: (_, socket) => socket.destroy() });
    expect(await answerTo(port, header)).toBe("");
  });

  it("diagnostics channels carry headers, rejections and callback errors", async () => {
    const messages: [string, unknown][] = [];
    const names = ["edgekit:pp2:header", "edgekit:pp2:reject", "edgekit:pp2:callback-error"];
    const listener = (message: unknown, name: string | symbol): void => void messages.push([String(name), message]);
    for (const name of names) subscribe(name, listener);
    const { port } = await serve((socket) => socket.end(), {
      validate: ({ command }) => {
        if (command === "LOCAL") throw new Error("no health checks here");
        return true;
      },
    });
    await answerTo(port, encode({ source, destination, awsVpcEndpointId: "vpce-08d2bf15fac5001c9" }));
    await answerTo(port, encode({ command: "LOCAL" }));
    for (const name of names) unsubscribe(name, listener);
    expect(messages.map(([name]) => name)).toEqual([
      "edgekit:pp2:header",
      "edgekit:pp2:callback-error",
      "edgekit:pp2:reject",
    ]);
    const { info } = messages[0]![1] as { info: { header: Parameters<typeof awsVpcEndpointId>[0] } };
    expect(awsVpcEndpointId(info.header)).toBe("vpce-08d2bf15fac5001c9");
    expect(messages[2]?.[1]).toMatchObject({
      rejection: { reason: "refused", code: "PP2_REFUSED", cause: new Error("no health checks here") },
    });
  });

  it("counters tell accepted from local", async () => {
    const { port, handle } = await serve((socket) => socket.end());
    await answerTo(port, header);
    await answerTo(port, encode({ command: "LOCAL" }));
    expect(handle.counters).toMatchObject({ accepted: 2, local: 1, empty: 0, callbackErrors: 0 });
  });
});

describe("proxyInfo", () => {
  it("knows HTTP/2 requests, streams and sessions, also when they have ended", async () => {
    const clients: unknown[] = [];
    const server = http2.createServer((req, res) => {
      const { session } = req.stream;
      for (const carrier of [req, res, req.stream, session, req.socket, session?.socket]) {
        clients.push(proxyInfo(carrier)?.client);
      }
      req.stream.once("close", () => clients.push(proxyInfo(req)?.client, proxyInfo(req.stream)?.client));
      session?.once("close", () => clients.push(proxyInfo(session)?.client));
      res.end();
    });
    open.push(server);
    proxyProtocol(server, { trusted });
    await using balancer = await loadBalance(await listening(server), header, "coalesced");
    const session = http2.connect(`http://127.0.0.1:${balancer.port}`);
    const stream = session.request({ ":path": "/" }).resume();
    await withDeadline(once(stream, "close"), "the stream");
    session.close();
    await until(() => clients.length === 9, "all answers");
    expect(clients).toEqual(Array.from({ length: 9 }, () => source));
  });

  it.each([undefined, null, {}, { socket: null }, new EventEmitter(), new net.Socket(), { raw: {} }])(
    "knows nothing of %s",
    (carrier) => {
      expect(proxyInfo(carrier)).toBeUndefined();
    },
  );

  it("keeps the real addresses for a UNIX socket header, whose path is in the header", async () => {
    const { port } = await serve((socket) => {
      const info = proxyInfo(socket);
      socket.end([socket.remoteAddress, info?.client.address, info?.header.source?.address].join(" "));
    });
    const unix = encode({ source: { address: "/run/a", port: 0 }, destination: { address: "/run/b", port: 0 } });
    expect(await answerTo(port, unix)).toBe("127.0.0.1 127.0.0.1 /run/a");
  });
});

it("a server on a Unix domain socket trusts its peers when unix: is in the list", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pp2-"));
  const path = join(folder, "s");
  const server = net.createServer((socket) => socket.end(`${socket.remoteAddress} ${proxyInfo(socket)?.peer.address}`));
  const handle = proxyProtocol(server, { trusted: ["unix:"] });
  server.listen(path);
  await once(server, "listening");
  const client = net.connect(path);
  client.write(header);
  expect((await withDeadline(collect(client), "the answer")).bytes.toString()).toBe(`${source.address} unix:`);
  await closed(server);
  rmSync(folder, { recursive: true });
  expect(handle.counters.accepted).toBe(1);
});
