import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import packet, { type DecodedPacket } from "dns-packet";
import { describe, expect, it } from "vitest";
import type { DnsView } from "./answer.ts";
import { type DnsServer, dnsLimits, openDnsServer } from "./dns-server.ts";

trackLeaks();

const domain = "elb.us-east-1.amazonaws.com";
const view: DnsView = { domains: () => [domain], addresses: () => ["127.0.0.1"] };

class Bench implements AsyncDisposable {
  readonly clock = new VirtualClock();
  server!: DnsServer;
  refused = 0;

  static async start(answers: DnsView = view, address = "127.0.0.1"): Promise<Bench> {
    const bench = new Bench();
    const observer = { connectionRefused: () => void bench.refused++ };
    bench.server = await openDnsServer(address, 0, answers, { clock: bench.clock, random: () => 0, observer });
    return bench;
  }

  connect(): Promise<Socket> {
    return connectTo(this.server.port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }
}

function query(id: number): Buffer {
  return packet.encode({ id, questions: [{ name: `web.${domain}`, type: "A" }] });
}

function framed(id: number): Buffer {
  const message = query(id);
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message]);
}

/** The next answers on a connection. */
async function answers(socket: Socket, count: number): Promise<DecodedPacket[]> {
  const decoded: DecodedPacket[] = [];
  let bytes = Buffer.alloc(0);
  while (decoded.length < count) {
    const [chunk] = (await withDeadline(once(socket, "data"), "an answer")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
      const end = 2 + bytes.readUInt16BE(0);
      decoded.push(packet.decode(bytes.subarray(2, end)));
      bytes = bytes.subarray(end);
    }
  }
  expect(bytes).toHaveLength(0);
  return decoded;
}

const ids = (decoded: readonly DecodedPacket[]): unknown[] => decoded.map(({ id }) => id);

describe("the DNS server over UDP", () => {
  it.each([
    ["127.0.0.1", "udp4"],
    ["::1", "udp6"],
  ] as const)("answers on %s, from the address and port that were asked", async (address, type) => {
    await using bench = await Bench.start(view, address);
    const socket = createSocket(type);
    try {
      // What gets no answer does not stop those after it.
      for (const message of [Buffer.alloc(0), query(1).fill(0xff, 2, 3), query(2)]) {
        socket.send(message, bench.server.port, address);
      }
      const [message, from] = await withDeadline(once(socket, "message"), "an answer");
      expect(packet.decode(message)).toMatchObject({ id: 2, type: "response" });
      expect(from).toMatchObject({ address, port: bench.server.port });
    } finally {
      socket.close();
    }
  });
});

describe("the DNS server over TCP", () => {
  it("answers several queries of a connection, in one piece or byte by byte", async () => {
    await using bench = await Bench.start();
    const socket = await bench.connect();
    socket.write(Buffer.concat([framed(1), framed(2), framed(3).subarray(0, 1)]));
    expect(ids(await answers(socket, 2))).toEqual([1, 2]);
    for (const byte of framed(3).subarray(1)) socket.write(Buffer.of(byte));
    expect(ids(await answers(socket, 1))).toEqual([3]);
    socket.destroy();
  });

  it("answers a client that has sent its FIN, and then ends too", async () => {
    await using bench = await Bench.start();
    const socket = await bench.connect();
    socket.end(framed(1));
    const { bytes, end } = await withDeadline(collect(socket), "the answer and the end");
    expect(packet.decode(bytes.subarray(2)).id).toBe(1);
    expect(end).toBe("fin");
  });

  it("closes a connection without an answer for 10 s", async () => {
    await using bench = await Bench.start();
    const socket = await bench.connect();
    socket.write(framed(1));
    await answers(socket, 1);
    bench.clock.advance(dnsLimits.idleMs - 1);
    socket.write(framed(2));
    await answers(socket, 1);
    const closed = collect(socket);
    bench.clock.advance(dnsLimits.idleMs);
    expect((await withDeadline(closed, "the end")).bytes).toHaveLength(0);
    socket.destroy();
    await until(() => bench.clock.pending === 0, "no timer to be left");
  });

  it("takes a query of 4,096 bytes, and ends the connection at the length of a longer one", async () => {
    await using bench = await Bench.start();
    const longest = Buffer.concat([query(1), Buffer.alloc(dnsLimits.maxQueryBytes - query(1).length)]);
    const socket = await bench.connect();
    socket.write(Buffer.concat([Buffer.of(longest.length >> 8, longest.length & 255), longest]));
    expect(ids(await answers(socket, 1))).toEqual([1]);
    const closed = collect(socket);
    socket.write(Buffer.of((dnsLimits.maxQueryBytes + 1) >> 8, (dnsLimits.maxQueryBytes + 1) & 255));
    expect((await withDeadline(closed, "the end")).bytes).toHaveLength(0);
    socket.destroy();
  });

  it("has 100 connections at one time: one more is closed, and taken when another has gone", async () => {
    await using bench = await Bench.start();
    const sockets: Socket[] = [];
    while (sockets.length < dnsLimits.maxConnections) sockets.push(await bench.connect());
    const last = sockets[sockets.length - 1] as Socket;
    last.write(framed(1));
    await answers(last, 1);
    const refused = await bench.connect();
    await withDeadline(collect(refused), "the refusal");
    refused.destroy();
    expect(bench.refused).toBe(1);
    sockets[0]?.destroy();
    await until(async () => {
      const socket = await bench.connect();
      sockets.push(socket);
      const collected = collect(socket);
      socket.end(framed(2));
      return (await collected).bytes.length > 0;
    }, "the freed place to be taken");
    for (const socket of sockets) socket.destroy();
  });

  it("goes on after resets, also in the middle of a query and of an answer", async () => {
    await using bench = await Bench.start();
    for (const bytes of [
      Buffer.alloc(0),
      framed(1).subarray(0, 5),
      framed(1),
      Buffer.concat(new Array(500).fill(framed(1))),
    ]) {
      const socket = await bench.connect();
      socket.write(bytes, () => socket.resetAndDestroy());
      await once(socket, "close");
    }
    const socket = await bench.connect();
    socket.write(framed(2));
    expect(ids(await answers(socket, 1))).toEqual([2]);
    socket.destroy();
  });

  it("does not read on from a client that reads no answers, and ends it after 10 s", async () => {
    const many: DnsView = {
      ...view,
      addresses: () => Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`),
    };
    await using bench = await Bench.start(many);
    const socket = await bench.connect();
    socket.pause();
    const queries = Buffer.concat(new Array(1_000).fill(framed(1)));
    const write = (): void => {
      while (!socket.destroyed && socket.write(queries));
    };
    socket.on("drain", write);
    write();
    // What the kernel holds for both sides is full when nothing moves any more.
    let before = -1;
    await until(async () => {
      const written = socket.bytesWritten - socket.writableLength;
      const stands = written > 0 && written === before;
      before = written;
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      return stands && socket.writableNeedDrain;
    }, "the server to stop reading");
    const closed = collect(socket);
    bench.clock.advance(dnsLimits.idleMs);
    await withDeadline(closed, "the end");
  });

  it("ends open connections when it closes", async () => {
    const bench = await Bench.start();
    const socket = await bench.connect();
    socket.write(framed(1));
    await answers(socket, 1);
    const closed = collect(socket);
    await bench.server.close();
    await withDeadline(closed, "the end");
    socket.destroy();
    expect(bench.clock.pending).toBe(0);
  });
});

describe("the documentation", () => {
  it.each(["dns", "promises"])("docs/%s.md has the limits", (name) => {
    const page = readFileSync(new URL(`../../../../../docs/${name}.md`, import.meta.url), "utf8").replaceAll("\n", " ");
    const { maxConnections, maxQueryBytes, idleMs } = dnsLimits;
    expect(page).toContain(`${maxConnections} connections`);
    expect(page).toMatch(new RegExp(`${maxQueryBytes.toLocaleString("en-US")} bytes +for a query`));
    expect(page).toMatch(new RegExp(`${idleMs / 1000} s(econds)? without an answered query`));
  });
});

describe("a port that is taken", () => {
  const open = (port: number, address = "127.0.0.1"): Promise<DnsServer> =>
    openDnsServer(address, port, view, { clock: new VirtualClock(), random: () => 0 });

  it("for TCP is an error that says so, and nothing stays open", async () => {
    await using other = await listenOn();
    await expect(open(other.port)).rejects.toMatchObject({
      code: "EDGE_LISTEN_FAILED",
      message: `cannot listen on 127.0.0.1:${other.port} for DNS over TCP: port ${other.port} is already taken`,
    });
  });

  it("for UDP is one too", async () => {
    // One that is free for TCP.
    const { port, close } = await open(0);
    await close();
    const other = createSocket("udp4").bind(port, "127.0.0.1");
    await once(other, "listening");
    await expect(open(port)).rejects.toMatchObject({
      code: "EDGE_LISTEN_FAILED",
      message: `cannot listen on 127.0.0.1:${port} for DNS over UDP: port ${port} is already taken`,
    });
    other.close();
  });

  it("and so is an address that is not there", async () => {
    await expect(open(0, "203.0.113.1")).rejects.toMatchObject({ code: "EDGE_LISTEN_FAILED" });
  });
});
