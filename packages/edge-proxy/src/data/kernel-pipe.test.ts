import { once } from "node:events";
import { readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { connectTo, listenOn, type TcpServer, trackLeaks, withDeadline } from "@edgekit/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { descriptorOf } from "../inherited-sockets.ts";
import type { FlowSocket } from "./flow-socket.ts";
import { KernelPipe } from "./kernel-pipe.ts";

trackLeaks();

afterEach(() => {
  vi.doUnmock("koffi");
});

/** One end of a connection, which Node does not read, with what the pipe needs of it, and the other end. */
interface Unread extends FlowSocket {
  readonly peer: Socket;
}

describe.skipIf(process.platform !== "linux")("needs Linux: the pipe", () => {
  let pipe: KernelPipe;
  let server: TcpServer;
  const peers: Socket[] = [];
  const place = new Uint8Array(256 * 1024);

  beforeAll(async () => {
    pipe = (await KernelPipe.open()) as KernelPipe;
    expect(pipe, "koffi can be loaded").toBeInstanceOf(KernelPipe);
  });

  afterAll(() => pipe.close());

  beforeEach(async () => {
    server = await listenOn();
  });

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.destroy();
    await server.close();
  });

  async function open(): Promise<Unread> {
    const peer = await connectTo(server.port);
    peers.push(peer);
    return { descriptor: descriptorOf(await server.accept()), peer } as Unread;
  }

  async function has(source: Unread, text: string | Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => source.peer.write(text, () => resolve()));
  }

  /** All that the sink's peer gets, `length` bytes. */
  async function got(sink: Unread, length: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const all = new Promise<void>((resolve) => {
      sink.peer.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= length) resolve();
      });
    });
    await withDeadline(all, "the bytes");
    return Buffer.concat(chunks);
  }

  it("moves what is waiting, and no more than that", async () => {
    const source = await open();
    const sink = await open();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
    await has(source, bytes);
    expect(pipe.move(source, sink, place)).toEqual({ bytes: bytes.length, rest: 0, errno: undefined });
    expect((await got(sink, bytes.length)).equals(bytes)).toBe(true);
    expect(pipe.move(source, sink, place)).toEqual({ bytes: 0, rest: 0, errno: undefined });
  });

  it("hands back what the sink does not take, in order, and keeps none of it for the next flow", async () => {
    const source = await open();
    const sink = await open();
    const sent = Buffer.alloc(32 * 1024 * 1024);
    for (let at = 0; at < sent.length; at += 4) sent.writeUInt32LE(at, at);
    source.peer.write(sent);
    let moved = 0;
    let rest = 0;
    // Nobody reads from the sink, so that it is full at some time.
    while (rest === 0) {
      const one = pipe.move(source, sink, place);
      moved += one.bytes;
      rest = one.rest;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Buffer.from(place.subarray(0, rest)).equals(sent.subarray(moved - rest, moved))).toBe(true);

    const otherSource = await open();
    const otherSink = await open();
    await has(otherSource, "another flow's");
    expect(pipe.move(otherSource, otherSink, place)).toEqual({ bytes: 14, rest: 0, errno: undefined });
    expect((await got(otherSink, 14)).toString()).toBe("another flow's");
    expect((await got(sink, moved - rest)).equals(sent.subarray(0, moved - rest))).toBe(true);
  });

  it("hands everything back where the sink has been reset, and keeps none of it for the next flow", async () => {
    const source = await open();
    const sink = await open();
    await has(source, "to nobody");
    sink.peer.resetAndDestroy();
    await once(sink.peer, "close");
    expect(pipe.move(source, sink, place)).toEqual({ bytes: 9, rest: 9, errno: undefined });
    expect(Buffer.from(place.subarray(0, 9)).toString()).toBe("to nobody");
    const otherSink = await open();
    await has(source, "next");
    expect(pipe.move(source, otherSink, place)).toEqual({ bytes: 4, rest: 0, errno: undefined });
    expect((await got(otherSink, 4)).toString()).toBe("next");
  });

  it("tells that the source has been reset", async () => {
    const source = await open();
    const sink = await open();
    source.peer.resetAndDestroy();
    await once(source.peer, "close");
    expect(pipe.move(source, sink, place)).toEqual({ bytes: 0, rest: 0, errno: "ECONNRESET" });
  });

  it("leaves the source's end to who reads it", async () => {
    const source = await open();
    const sink = await open();
    await new Promise<void>((resolve) => source.peer.end("last", () => resolve()));
    expect(pipe.move(source, sink, place)).toEqual({ bytes: 4, rest: 0, errno: undefined });
    expect(pipe.move(source, sink, place)).toEqual({ bytes: 0, rest: 0, errno: undefined });
  });

  it("moves nothing any more once what was left in it could not be taken out", async () => {
    const broken = (await KernelPipe.open()) as KernelPipe;
    const source = await open();
    const sink = await open();
    await has(source, "lost");
    sink.peer.resetAndDestroy();
    await once(sink.peer, "close");
    // No buffer at all: then reading from the pipe is an error.
    const noPlace = { length: place.length } as Uint8Array;
    expect(broken.move(source, sink, noPlace)).toEqual({ bytes: 4, rest: 0, errno: "EIO" });
    const otherSink = await open();
    await has(source, "stays");
    expect(broken.move(source, otherSink, place)).toEqual({ bytes: 0, rest: 0, errno: undefined });
    expect(pipe.move(source, otherSink, place)).toEqual({ bytes: 5, rest: 0, errno: undefined });
    broken.close();
  });

  it("moves nothing where a descriptor is out of reach", async () => {
    const source = await open();
    const nowhere = { descriptor: -1 } as FlowSocket;
    await has(source, "stays");
    expect(pipe.move(source, nowhere, place)).toEqual({ bytes: 0, rest: 0, errno: undefined });
    expect(pipe.move(nowhere, source, place)).toEqual({ bytes: 0, rest: 0, errno: undefined });
    const sink = await open();
    expect(pipe.move(source, sink, place)).toEqual({ bytes: 5, rest: 0, errno: undefined });
    expect((await got(sink, 5)).toString()).toBe("stays");
  });
});

describe("where it cannot be had", () => {
  it("is no pipe without koffi", async () => {
    vi.doMock("koffi", () => {
      throw new Error("Cannot find package 'koffi'");
    });
    expect(await KernelPipe.open()).toBeUndefined();
  });

  it.skipIf(process.platform !== "linux")(
    "needs Linux: is no pipe in a sandbox that refuses the call, and leaves no descriptor open",
    async () => {
      const before = readdirSync("/proc/self/fd").length;
      const { default: koffi } = await vi.importActual<typeof import("koffi")>("koffi");
      const refusing = (prototype: string): unknown =>
        prototype.includes(" splice(") ? () => -1 : koffi.load(null).func(prototype);
      vi.doMock("koffi", () => ({ default: { load: () => ({ func: refusing }), errno: () => constants.errno.EPERM } }));
      expect(await KernelPipe.open()).toBeUndefined();
      expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before);
    },
  );
});
