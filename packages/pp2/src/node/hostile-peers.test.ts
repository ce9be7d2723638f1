import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { type Collected, collect, connectTo, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { closed, listening } from "../../test/node/listening.ts";
import { ManualClock } from "../../test/node/manual-clock.ts";
import { serverKinds } from "../../test/node/server-kinds.ts";
import { until } from "../../test/node/until.ts";
import { encode } from "../index.ts";
import { systemClock } from "./clock.ts";
import { type ProxyProtocolHandle, type ProxyProtocolOptions, proxyInfo, proxyProtocol } from "./index.ts";

trackLeaks();

const source = { address: "198.51.100.7", port: 40001 };
const destination = { address: "203.0.113.9", port: 443 };
const header = encode({ source, destination });

interface Bench extends AsyncDisposable {
  readonly server: net.Server;
  readonly port: number;
  readonly handle: ProxyProtocolHandle;
  readonly clock: ManualClock;
  /** What reached the application. */
  readonly served: net.Socket[];
}

async function bench(options: Partial<ProxyProtocolOptions> = {}, serverOptions: net.ServerOpts = {}): Promise<Bench> {
  const served: net.Socket[] = [];
  const server = net.createServer(serverOptions, (socket) => served.push(socket));
  const clock = new ManualClock();
  const handle = proxyProtocol(server, { trusted: ["127.0.0.1"], clock, ...options });
  const port = await listening(server);
  return {
    server,
    port,
    handle,
    clock,
    served,
    async [Symbol.asyncDispose]() {
      for (const socket of served) socket.destroy();
      await closed(server);
      expect(handle.pending).toBe(0);
      expect(clock.running, "timers left running").toBe(0);
    },
  };
}

/** How the server ended a connection that sends `bytes` and then waits. */
async function endOf(port: number, bytes?: Uint8Array | string): Promise<Collected> {
  const client = await connectTo(port);
  const end = collect(client);
  if (bytes) client.write(bytes);
  const how = await withDeadline(end, "the server to end the connection");
  client.destroy();
  return how;
}

describe("peers that are not trusted", () => {
  it("are dropped, without a byte of theirs being read", async () => {
    await using t = await bench({ trusted: ["192.0.2.0/24"] });
    expect((await endOf(t.port, header)).bytes).toHaveLength(0);
    expect(t.served).toHaveLength(0);
    expect(t.handle.counters.rejected.untrusted).toBe(1);
  });

  it("are served under their own address with passthrough, header and all", async () => {
    await using t = await bench({ trusted: ["192.0.2.0/24"], untrusted: "passthrough" });
    const client = await connectTo(t.port);
    client.end(header);
    await until(() => t.served.length === 1, "the connection");
    const [socket] = t.served;
    expect(socket?.remoteAddress).toBe("127.0.0.1");
    expect(proxyInfo(socket)).toBeUndefined();
    expect((await collect(socket!)).bytes).toEqual(Buffer.from(header));
    expect(t.handle.counters).toMatchObject({ accepted: 0, passedThrough: 1 });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no database");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("no database");
      },
    ],
    ["is truthy but not true", () => 1],
  ])("are all those for whom a function %s", async (_, trusted) => {
    await using t = await bench({ trusted: trusted as unknown as () => boolean });
    await endOf(t.port, header);
    expect(t.handle.counters.rejected.untrusted).toBe(1);
  });

  it("can be told by a function", async () => {
    await using t = await bench({ trusted: ({ address, port }) => address === "127.0.0.1" && port > 0 });
    (await connectTo(t.port)).end(header);
    await until(() => t.served.length === 1, "the connection");
  });
});

describe("headers that are not acceptable", () => {
  it.each([
    ["an HTTP request", "GET / HTTP/1.1\r\n\r\n"],
    ["a TLS ClientHello", Buffer.from("16030100c8010000c40303", "hex")],
    ["a header of version 3", Buffer.from("0d0a0d0a000d0a515549540a3111000c", "hex")],
    ["a v1 line without an end", `PROXY TCP4 ${"1".repeat(200)}`],
  ])("%s ends the connection at once", async (_, bytes) => {
    await using t = await bench();
    expect((await endOf(t.port, bytes)).bytes).toHaveLength(0);
    expect(t.served).toHaveLength(0);
    expect(t.handle.counters.rejected.malformed).toBe(1);
  });

  it("one larger than maxHeaderSize is refused by its length, before the rest has come", async () => {
    await using t = await bench({ maxHeaderSize: 100 });
    await endOf(t.port, Buffer.from("0d0a0d0a000d0a515549540a21110055", "hex"));
    expect(t.handle.counters.rejected.malformed).toBe(1);
  });

  it("a version that is switched off is refused", async () => {
    await using t = await bench({ versions: [2] });
    await endOf(t.port, encode({ version: 1, source, destination }));
    expect(t.handle.counters.rejected.malformed).toBe(1);
  });

  it.each([
    ["false", () => false],
    ["a promise of true", async () => true],
    [
      "an exception",
      () => {
        throw new Error("not ours");
      },
    ],
    [
      "a rejection",
      async () => {
        throw new Error("not ours");
      },
    ],
  ])("one for which validate gives %s is refused", async (_, validate) => {
    await using t = await bench({ validate: validate as unknown as () => boolean });
    await endOf(t.port, header);
    expect(t.served).toHaveLength(0);
    expect(t.handle.counters.rejected.refused).toBe(1);
  });

  it("validate sees header and peer", async () => {
    const calls: unknown[] = [];
    await using t = await bench({
      validate: (received, peer) => {
        calls.push([received.source, peer.address]);
        return true;
      },
    });
    (await connectTo(t.port)).end(header);
    await until(() => t.served.length === 1, "the connection");
    expect(calls).toEqual([[source, "127.0.0.1"]]);
  });
});

describe("peers that leave", () => {
  it("before a byte, by FIN: counted as empty, not as an error", async () => {
    const rejections: unknown[] = [];
    await using t = await bench({ onReject: (rejection) => rejections.push(rejection) });
    (await connectTo(t.port)).end().resume();
    await until(() => t.handle.counters.empty === 1, "the count");
    expect(rejections).toEqual([]);
  });

  it("before a byte, by RST", async () => {
    await using t = await bench();
    const client = await connectTo(t.port);
    await until(() => t.handle.pending === 1, "the connection");
    client.resetAndDestroy();
    await until(() => t.handle.counters.empty === 1, "the count");
  });

  it("inside the header, by FIN, also where the server keeps half-open connections", async () => {
    await using t = await bench({}, { allowHalfOpen: true });
    const client = await connectTo(t.port);
    const end = collect(client);
    client.end(header.subarray(0, 20));
    await withDeadline(end, "the server to end the connection");
    client.destroy();
    expect(t.handle.counters.rejected.truncated).toBe(1);
  });

  it("inside the header, by RST", async () => {
    await using t = await bench();
    const client = await connectTo(t.port);
    client.write(header.subarray(0, 20));
    await until(() => t.handle.pending === 1, "the connection");
    client.resetAndDestroy();
    await until(() => t.handle.pending === 0, "the end");
    const { empty, rejected } = t.handle.counters;
    // A RST may overtake the bytes, and Node may send a FIN in front of it.
    expect(empty + rejected.reset + rejected.truncated).toBe(1);
  });

  it("right behind the header, by RST, when the application listens to nothing", async () => {
    await using t = await bench();
    const client = await connectTo(t.port);
    client.write(header);
    await until(() => t.served.length === 1, "the connection");
    client.resetAndDestroy();
    t.served[0]?.resume();
    await until(() => t.served[0]?.destroyed === true, "the RST");
    expect(t.served[0]?.remoteAddress, "for the access log").toBe(source.address);
  });

  it("right behind the header, by FIN: the application still gets its 'end'", async () => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("end", () => socket.end("seen")).resume();
    });
    proxyProtocol(server, { trusted: ["127.0.0.1"] });
    const port = await listening(server);
    const client = await connectTo(port);
    client.end(header);
    expect((await withDeadline(collect(client), "the answer")).bytes.toString()).toBe("seen");
    await closed(server);
  });

  it("at once, 1,000 times (L1): nothing reaches the application, nothing is left, nothing crashes", async ({
    annotate,
  }) => {
    await using t = await bench();
    const { counters } = t.handle;
    for (let batch = 1; batch <= 10; batch += 1) {
      const clients = Array.from({ length: 100 }, () => {
        const client = net.connect(t.port, "127.0.0.1");
        client.on("error", () => {});
        client.once("connect", () => client.resetAndDestroy());
        return once(client, "close");
      });
      await withDeadline(Promise.all(clients), "the clients to leave");
      // One batch after the other: when the listener's queue is full, the kernel forgets clients of which nobody hears.
      await until(() => counters.empty + counters.deadOnArrival === 100 * batch, "all to be counted");
    }
    expect(t.served).toHaveLength(0);
    await annotate(`${counters.deadOnArrival} of 1,000 had no address any more, ${counters.empty} still had`);
  });
});

describe("peers that wait", () => {
  it("are cut at the deadline, which trickling bytes do not extend", async () => {
    await using t = await bench({ headerTimeoutMs: 5_000 });
    const client = await connectTo(t.port);
    const end = collect(client);
    for (let sent = 0; sent < 5; sent += 1) {
      client.write(header.subarray(sent, sent + 1));
      await until(() => t.handle.pending === 1, "the connection");
      t.clock.advance(999);
    }
    expect(t.handle.pending).toBe(1);
    t.clock.advance(5);
    await withDeadline(end, "the server to end the connection");
    client.destroy();
    expect(t.handle.counters.rejected.timeout).toBe(1);
  });

  it("are not cut once the header is there", async () => {
    await using t = await bench({ headerTimeoutMs: 5_000 });
    const client = await connectTo(t.port);
    client.write(header);
    await until(() => t.served.length === 1, "the connection");
    expect(t.clock.running).toBe(0);
    t.clock.advance(60_000);
    t.served[0]?.end("still here");
    expect((await collect(client)).bytes.toString()).toBe("still here");
    client.destroy();
  });

  it("are not cut because this process was late: what came in time is read first", async () => {
    await using t = await bench({ headerTimeoutMs: 50, clock: systemClock });
    const client = await connectTo(t.port);
    await until(() => t.handle.pending === 1, "the connection");
    client.write(header);
    const stalledUntil = performance.now() + 100;
    while (performance.now() < stalledUntil);
    await until(() => t.served.length === 1, "the connection to be served");
    expect(t.handle.counters.rejected.timeout).toBe(0);
    client.destroy();
  });

  it("in silence are told apart from slow ones, since a server-first protocol behind an NLB looks like that", async () => {
    const messages: string[] = [];
    await using t = await bench({ onReject: ({ message }) => messages.push(message) });
    const silent = await connectTo(t.port);
    await until(() => t.handle.pending === 1, "the connection");
    t.clock.advance(5_000);
    await collect(silent);
    expect(messages[0]).toContain("proxy_protocol_v2.client_to_server.header_placement");
    silent.destroy();
  });

  it("longest are dropped when more than maxPending wait", async () => {
    await using t = await bench({ maxPending: 2 });
    const first = await connectTo(t.port);
    await until(() => t.handle.pending === 1, "the first");
    const second = await connectTo(t.port);
    await until(() => t.handle.pending === 2, "the second");
    expect(t.handle.counters.rejected.tooManyPending, "at the limit").toBe(0);
    const third = await connectTo(t.port);
    await withDeadline(collect(first), "the first to be dropped");
    expect(t.handle.counters.rejected.tooManyPending, "one past the limit").toBe(1);
    expect(t.handle.pending).toBe(2);
    third.write(header);
    await until(() => t.served.length === 1, "the third");
    for (const client of [first, second, third]) client.destroy();
  });
});

describe.each(serverKinds)("closing a $name server", (kind) => {
  it("ends although headers are pending", async () => {
    const server = kind.create();
    const handle = proxyProtocol(server, { trusted: ["127.0.0.1"] });
    const port = await listening(server);
    const silent = await connectTo(port);
    const partial = await connectTo(port);
    partial.write(header.subarray(0, 20));
    await until(() => handle.pending === 2, "the connections");
    await withDeadline(closed(server), "close to end");
    expect(handle.counters.rejected.closed).toBe(2);
    silent.destroy();
    partial.destroy();
  });
});

describe("closeAllConnections", () => {
  it("destroys connections whose header is pending, and the server goes on", async () => {
    const server = http.createServer((_, res) => res.end("ok"));
    const handle = proxyProtocol(server, { trusted: ["127.0.0.1"] });
    const port = await listening(server);
    const silent = await connectTo(port);
    await until(() => handle.pending === 1, "the connection");
    server.closeAllConnections();
    await withDeadline(collect(silent), "the end");
    silent.destroy();
    const client = await connectTo(port);
    client.write(Buffer.concat([header, Buffer.from("GET / HTTP/1.0\r\n\r\n")]));
    expect((await collect(client)).bytes.toString()).toMatch(/ok$/);
    client.destroy();
    await closed(server);
  });
});
