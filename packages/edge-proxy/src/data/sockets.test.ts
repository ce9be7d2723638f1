import { once } from "node:events";
import net from "node:net";
import { collect, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import type { ByteReader, Destination, FlowSocket, SocketOwner, Sockets } from "./flow-socket.ts";
import { nativeSockets } from "./native-socket.ts";
import { netSockets } from "./net-socket.ts";

trackLeaks();

/** Writes down what happens to its socket. */
class Recorder implements ByteReader, SocketOwner {
  readonly events: string[] = [];
  readonly bytes: Buffer[] = [];
  readonly #buffer = new Uint8Array(65_536);
  /** What `onRead` answers. */
  more = true;

  nextBuffer(): Uint8Array {
    return this.#buffer;
  }

  onRead(length: number, buffer: Uint8Array): boolean {
    this.bytes.push(Buffer.from(buffer.subarray(0, length)));
    return this.more;
  }

  socketConnected(): void {
    this.events.push("connected");
  }

  socketEnded(): void {
    this.events.push("ended");
  }

  socketDrained(): void {
    this.events.push("drained");
  }

  socketFailed(_socket: FlowSocket, errno: string | undefined): void {
    this.events.push(`failed ${errno}`);
  }

  socketClosed(): void {
    this.events.push("closed");
  }

  happens(event: string): Promise<void> {
    return until(() => this.events.includes(event), `'${event}' after ${this.events}`);
  }
}

const large = Buffer.alloc(64 * 1024 * 1024);
const both: readonly { name: string; sockets: Sockets }[] = [
  { name: "native", sockets: nativeSockets as Sockets },
  { name: "net", sockets: netSockets },
];

// Whatever a flow relies on, both ways of making sockets have to do alike.
describe.each(both)("$name sockets", ({ sockets }) => {
  function connect(destination: Partial<Destination>): { socket: FlowSocket; seen: Recorder } {
    const seen = new Recorder();
    const socket = sockets.connect({ address: "127.0.0.1", port: 0, family: 4, ...destination }, seen, seen);
    return { socket, seen };
  }

  it("close by themselves when both sides have said FIN", async () => {
    await using peer = await listenOn();
    const { socket, seen } = connect({ port: peer.port });
    expect([socket.connecting, seen.events]).toEqual([true, []]);
    const other = await peer.accept();
    await seen.happens("connected");
    expect(socket.connecting).toBe(false);
    expect(socket.peerName()).toEqual({ address: "127.0.0.1", port: peer.port });
    expect(socket.socketName()).toEqual({ address: "127.0.0.1", port: other.remotePort });
    socket.write(Buffer.from("a"));
    socket.end();
    socket.write(Buffer.from("ignored"));
    expect((await collect(other)).bytes.toString()).toBe("a");
    expect(socket.destroyed).toBe(false);
    other.end("b");
    await seen.happens("closed");
    expect(seen.events).toEqual(["connected", "ended", "closed"]);
    expect(Buffer.concat(seen.bytes).toString()).toBe("b");
    expect(socket.destroyed).toBe(true);
  });

  it("tell when what the kernel did not take has been taken, and say FIN behind it", async () => {
    await using peer = await listenOn();
    const { socket, seen } = connect({ port: peer.port });
    const other = await peer.accept();
    await seen.happens("connected");
    socket.write(large);
    expect(socket.writableLength).toBeGreaterThan(0);
    socket.end();
    const got = await withDeadline(collect(other), "all bytes");
    expect([got.bytes.length, got.end]).toEqual([large.length, "fin"]);
    expect(socket.writableLength).toBe(0);
    other.end();
    await seen.happens("closed");
  });

  it("read nothing more until they are resumed", async () => {
    await using peer = await listenOn();
    const { socket, seen } = connect({ port: peer.port });
    const other = await peer.accept();
    seen.more = false;
    other.write("1");
    await until(() => seen.bytes.length === 1, "the first byte");
    other.end("2");
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.bytes).toHaveLength(1);
    seen.more = true;
    socket.resume();
    await seen.happens("ended");
    expect(Buffer.concat(seen.bytes).toString()).toBe("12");
    socket.end();
    await seen.happens("closed");
  });

  it.each([
    ["refuses", async () => ({ port: await portOfNobody() }), "ECONNREFUSED"],
    ["cannot be bound", async () => ({ port: 9, localAddress: "192.0.2.1" }), "EADDRNOTAVAIL"],
  ])("fail once when the other side %s", async (_why, destination, errno) => {
    const { socket, seen } = connect(await destination());
    // Not within the call.
    expect(seen.events).toEqual([]);
    await seen.happens("closed");
    expect(seen.events).toEqual([`failed ${errno}`, "closed"]);
    expect(socket.destroyed).toBe(true);
  });

  it("fail when the port to bind is taken, and do not connect from another", async () => {
    await using peer = await listenOn();
    await using other = await listenOn();
    const { seen } = connect({ port: peer.port, localAddress: "127.0.0.1", localPort: other.port });
    await seen.happens("closed");
    expect(seen.events).toEqual(["failed EADDRINUSE", "closed"]);
    expect(peer.sockets).toHaveLength(0);
  });

  it("fail when the other side resets, with bytes before it and a write behind it", async () => {
    await using peer = await listenOn();
    const { socket, seen } = connect({ port: peer.port });
    const other = await peer.accept();
    other.write("last");
    await until(() => seen.bytes.length === 1, "the bytes");
    other.resetAndDestroy();
    await seen.happens("closed");
    expect(seen.events).toEqual(["connected", "failed ECONNRESET", "closed"]);
    socket.write(Buffer.from("nobody reads this"));
    socket.end();
    socket.resume();
    socket.resetAndDestroy();
    expect(socket.peerName()).toBeUndefined();
  });

  it("fail when they write to a connection that has been reset", async () => {
    await using peer = await listenOn();
    const { socket, seen } = connect({ port: peer.port });
    const other = await peer.accept();
    seen.more = false;
    other.write("so that it is not read any more");
    await until(() => seen.bytes.length === 1, "the bytes");
    other.resetAndDestroy();
    await once(other, "close");
    socket.write(Buffer.from("a"));
    expect(seen.events).toEqual(["connected"]);
    await seen.happens("closed");
    expect(seen.events).toEqual(["connected", expect.stringMatching(/^failed (EPIPE|ECONNRESET)$/), "closed"]);
  });

  it.each(["destroy", "resetAndDestroy"] as const)("%s at any time: nothing but 'closed' follows", async (how) => {
    await using peer = await listenOn();
    const connecting = connect({ port: peer.port });
    connecting.socket.destroy();
    await connecting.seen.happens("closed");
    expect(connecting.seen.events).toEqual(["closed"]);
    for (const socket of peer.sockets) socket.destroy();

    const writing = connect({ port: peer.port });
    await writing.seen.happens("connected");
    writing.socket.write(large);
    writing.socket[how]();
    writing.socket[how]();
    await writing.seen.happens("closed");
    expect(writing.seen.events).toEqual(["connected", "closed"]);
    for (const socket of peer.sockets) socket.destroy();
  });

  it("reset a connection with bytes and a FIN still to be sent", async () => {
    await using peer = await listenWith(nativeSockets as Sockets);
    const { socket, seen } = connect({ port: peer.port });
    await seen.happens("connected");
    socket.write(large);
    socket.end();
    socket.resetAndDestroy();
    await seen.happens("closed");
    const { socket: accepted, seen: other } = await peer.accepted();
    accepted.start(other, other);
    await other.happens("closed");
    expect(other.events).toEqual(["failed ECONNRESET", "closed"]);
  });

  it("close when they are to be reset while a FIN is under way, which libuv refuses", async () => {
    await using peer = await listenOn();
    const { socket, seen } = connect({ port: peer.port });
    const other = await peer.accept();
    await seen.happens("connected");
    socket.end();
    socket.resetAndDestroy();
    await seen.happens("closed");
    expect([seen.events, socket.destroyed]).toEqual([["connected", "closed"], true]);
    await withDeadline(collect(other), "the end of the other side");
  });

  it("are handed over unstarted, and read what came before they were started", async () => {
    await using server = await listenWith(sockets);
    const client = net.connect(server.port, "127.0.0.1");
    client.write("early");
    const { socket, seen } = await server.accepted();
    expect(socket.peerName()).toEqual({ address: "127.0.0.1", port: client.localPort });
    socket.start(seen, seen);
    await until(() => seen.bytes.length === 1, "the bytes");
    expect(seen.bytes[0]?.toString()).toBe("early");
    client.resetAndDestroy();
    await seen.happens("closed");
  });

  it("are made of connections that another process has given away unstarted, nothing lost", async () => {
    // Only native sockets can be given away.
    await using server = await listenWith(nativeSockets as Sockets);
    const client = net.connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
    client.end("early");
    const { socket: accepted } = await server.accepted();
    const connection = accepted.giveAway?.();
    expect(accepted.destroyed).toBe(true);
    const seen = new Recorder();
    const socket = sockets.adopt(connection as object);
    expect(socket.peerName()).toEqual({ address: "127.0.0.1", port: client.localPort });
    socket.start(seen, seen);
    await seen.happens("ended");
    expect(Buffer.concat(seen.bytes).toString()).toBe("early");
    socket.write(Buffer.from("late"));
    socket.end();
    expect((await withDeadline(collect(client), "the answer")).bytes.toString()).toBe("late");
    await seen.happens("closed");
  });
});

describe("native sockets", () => {
  it("fail with an error that was met on their descriptor, and reset a peer that is still there", async () => {
    await using peer = await listenOn();
    const seen = new Recorder();
    const { connect } = nativeSockets as Sockets;
    const socket = connect({ address: "127.0.0.1", port: peer.port, family: 4 }, seen, seen);
    await seen.happens("connected");
    const got = collect(await peer.accept());
    socket.fail("ENOMEM");
    expect([socket.destroyed, socket.descriptor, seen.events]).toEqual([true, -1, ["connected"]]);
    await seen.happens("closed");
    expect(seen.events).toEqual(["connected", "failed ENOMEM", "closed"]);
    expect((await withDeadline(got, "the reset")).end).toBe("rst");
  });

  // libuv reports both alike, so that a net.Socket cannot tell.
  it.each([
    { last: "resetAndDestroy", ended: false, events: ["failed ECONNRESET", "closed"] },
    { last: "end", ended: false, events: ["ended"] },
    { last: "resetAndDestroy", ended: true, events: ["failed ECONNRESET", "closed"] },
    { last: "end", ended: true, events: ["ended", "closed"] },
  ] as const)(
    "know $last of the peer right behind bytes that were read, their own FIN sent: $ended",
    async ({ last, ended, events }) => {
      await using server = await listenWith(nativeSockets as Sockets);
      const client = net.connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
      const { socket, seen } = await server.accepted();
      if (ended) {
        socket.end();
        client.resume();
        await withDeadline(once(client, "end"), "our FIN");
      }
      client.write("a");
      client[last]();
      socket.start(seen, seen);
      await seen.happens(events[events.length - 1] as string);
      expect(seen.events).toEqual(events);
      expect(Buffer.concat(seen.bytes).toString()).toBe("a");
      socket.destroy();
    },
  );
});

interface Accepted {
  readonly socket: FlowSocket;
  readonly seen: Recorder;
}

/** A server whose connections are such sockets, still to be started. */
async function listenWith(
  sockets: Sockets,
): Promise<AsyncDisposable & { readonly port: number; accepted(): Promise<Accepted> }> {
  const server = net.createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const arrived: FlowSocket[] = [];
  sockets.accept(server, (socket) => arrived.push(socket));
  return {
    port: (server.address() as net.AddressInfo).port,
    accepted: async () => {
      await until(() => arrived.length > 0, "a connection");
      return { socket: arrived.shift() as FlowSocket, seen: new Recorder() };
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function portOfNobody(): Promise<number> {
  await using gone = await listenOn();
  return gone.port;
}
