import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { collect, connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

// All ways of carrying must behave alike: with Node's internals, with the public API that it falls back to, and in other processes.
describe.each([{ publicApiOnly: false }, { publicApiOnly: true }, { workers: 2 }])("a flow with %o", (mode) => {
  it("carries bytes both ways at once, unchanged, under backpressure", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    const server = await withDeadline(target.accept(), "the target's connection");
    const sizeMiB = 24;
    const [up, down] = await Promise.all([
      Promise.all([send(client, sizeMiB), hashOf(server)]),
      Promise.all([send(server, sizeMiB), hashOf(client)]),
    ]);
    expect(up[1]).toEqual({ hash: up[0], bytes: sizeMiB * 1024 * 1024 });
    expect(down[1]).toEqual({ hash: down[0], bytes: sizeMiB * 1024 * 1024 });
    expect(await web.closeOf(0)).toMatchObject({ kind: "fin" });
  });

  it("gives a client that half-closes its whole answer", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    client.end("question");
    const server = await target.accept();
    const question = await collect(server);
    expect([question.bytes.toString(), question.end]).toEqual(["question", "fin"]);
    const answer = randomBytes(8 * 1024 * 1024);
    server.end(answer);
    const got = await withDeadline(collect(client), "the answer");
    expect(got.end).toBe("fin");
    expect(got.bytes.equals(answer)).toBe(true);
    expect(await web.closeOf(0)).toEqual({ side: "client", kind: "fin" });
  });

  it("lets a client go on sending after the target's FIN", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    const server = await target.accept();
    server.end("bye");
    expect((await collect(client)).bytes.toString()).toBe("bye");
    client.end("still here");
    expect((await collect(server)).bytes.toString()).toBe("still here");
    expect(await web.closeOf(0)).toEqual({ side: "target", kind: "fin" });
  });

  it("forwards payload and FIN that came before the target accepted", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    client.end("early");
    const got = await collect(await target.accept());
    expect([got.bytes.toString(), got.end]).toEqual(["early", "fin"]);
    client.destroy();
    for (const socket of target.sockets) socket.destroy();
  });

  it("delivers bytes that come one by one", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    const server = await target.accept();
    const bytes = randomBytes(32 * 1024);
    const got = collect(server);
    for (let i = 0; i < bytes.length; i++) {
      // Nagle's algorithm is off, so that each is a segment as long as the kernel takes it at once.
      if (!client.write(bytes.subarray(i, i + 1))) await once(client, "drain");
      client.write(Buffer.alloc(0));
    }
    client.end();
    expect((await withDeadline(got, "the last byte")).bytes.equals(bytes)).toBe(true);
    server.end();
    await withDeadline(collect(client), "the answer's end");
  });

  it("resets the client when the target resets, behind the bytes that came first", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    const got = collect(client);
    const server = await target.accept();
    const bytes = randomBytes(200_000);
    await new Promise<void>((resolve) => server.write(bytes, () => resolve()));
    await once(client, "data");
    server.resetAndDestroy();
    const { end, bytes: received } = await withDeadline(got, "the reset");
    expect(end).toBe("rst");
    expect(bytes.subarray(0, received.length).equals(received)).toBe(true);
    expect(await web.closeOf(0)).toEqual({ side: "target", kind: "rst", errno: "ECONNRESET" });
  });

  it("resets the target when the client resets", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    client.write("hello");
    const server = await target.accept();
    await new Promise<void>((resolve) => {
      server.once("data", () => resolve());
      server.resume();
    });
    const got = collect(server);
    client.resetAndDestroy();
    expect((await withDeadline(got, "the reset")).end).toBe("rst");
    expect(await web.closeOf(0)).toEqual({ side: "client", kind: "rst", errno: "ECONNRESET" });
  });

  it("resets a client whose target is down, instead of letting it wait", async () => {
    // An address of its own, so that nobody else takes the port meanwhile.
    const gone = await listenOn("127.66.0.1");
    await gone.close();
    await using web = await startNlb({ targets: [gone], ...mode });
    expect(await turnedAway(web.port)).toBe("rst");
    expect(await web.closeOf(0)).toEqual({ side: "target", kind: "error", errno: "ECONNREFUSED" });
  });

  it("resets a client when there is no target at all", async () => {
    await using web = await startNlb({ targets: [], ...mode });
    expect(await turnedAway(web.port)).toBe("rst");
    await web.nlb.refresh();
    expect(web.refused.map(({ reason }) => reason)).toEqual(["no_target"]);
  });

  it("resets the client beyond the limit, and takes the next one when one has left", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], maxFlows: 2, ...mode });
    const [first, second] = [await connectTo(web.port), await connectTo(web.port)];
    const servers = [await target.accept(), await target.accept()];
    expect(await turnedAway(web.port)).toBe("rst");
    await web.nlb.refresh();
    expect(web.refused.map(({ reason }) => reason)).toEqual(["limit"]);
    first?.resetAndDestroy();
    await web.closeOf(0);
    const third = await connectTo(web.port);
    servers.push(await withDeadline(target.accept(), "the third flow"));
    for (const socket of [second, third, ...servers]) socket?.destroy();
  });

  it("stops reading from a sender whose reader stalls", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const client = await connectTo(web.port);
    const server = await target.accept();
    client.pause();
    const limit = 256 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024);
    let sent = 0;
    while (sent < limit && (await takenWithin(server, chunk, 500))) sent += chunk.length;
    // The kernel's four buffers on the way hold some MiB; a proxy without backpressure would have taken it all.
    expect(sent).toBeLessThan(limit / 4);
    client.resetAndDestroy();
    server.destroy();
  });

  it("survives clients that reset at once, and dials for none that is dead on arrival", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], ...mode });
    const storm = 200;
    await Promise.all(
      Array.from({ length: storm }, async () => {
        const client = await connectTo(web.port);
        client.resetAndDestroy();
      }),
    );
    const opened = web.nlb.flows + web.closed.length;
    expect(opened + web.refused.length).toBeLessThanOrEqual(storm);
    const client = await connectTo(web.port);
    client.end("alive");
    for (;;) {
      const { bytes } = await withDeadline(collect(await withDeadline(target.accept(), "a connection")), "its end");
      if (bytes.toString() === "alive") break;
    }
    client.destroy();
  });

  it("drains on close: new clients are refused, open flows may end, the rest is reset", async () => {
    await using target = await listenOn();
    const web = await startNlb({ targets: [target], ...mode });
    const [polite, stubborn] = [await connectTo(web.port), await connectTo(web.port)];
    const servers = [await target.accept(), await target.accept()];
    const stubbornEnd = collect(stubborn as NonNullable<typeof stubborn>);
    const closing = web.nlb.close({ drainMs: 300 });
    // Worker processes hear of it a moment later.
    if (!("workers" in mode)) await expect(connectTo(web.port)).rejects.toThrow("ECONNREFUSED");
    polite?.end();
    for (const server of servers) {
      server.on("end", () => server.end());
      server.resume();
    }
    await withDeadline(closing, "the drain");
    expect((await stubbornEnd).end).toBe("rst");
    const reasons = web.closed.map(({ reason }) => `${reason.side}.${reason.kind}`);
    expect(reasons.sort()).toEqual(["client.fin", "proxy.drain"]);
  });
});

// With the public API it looks like the end: libuv reports a reset right behind bytes that it has read as one.
describe("a client that resets right behind its last bytes", () => {
  it.each([false, true])("resets the target, which gets these bytes first and has sent FIN: %s", async (hasSentFin) => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target] });
    const client = await connectTo(web.port);
    const server = await target.accept();
    const got = collect(server);
    if (hasSentFin) {
      server.end();
      await withDeadline(collect(client), "the FIN");
    }
    client.write("last words");
    client.resetAndDestroy();
    const { bytes, end } = await withDeadline(got, "the reset");
    expect([bytes.toString(), end]).toEqual(["last words", "rst"]);
    expect(await web.closeOf(0)).toEqual({ side: "client", kind: "rst", errno: "ECONNRESET" });
  });
});

describe("observers", () => {
  it("cannot harm a flow by throwing", async () => {
    await using target = await listenOn();
    const fail = (): never => {
      throw new Error("an observer's own mistake");
    };
    const observers = [{ flowOpened: fail, flowConnected: fail, flowClosed: fail }];
    await using web = await startNlb({ targets: [target], observers });
    const client = await connectTo(web.port);
    client.end("hello");
    const server = await target.accept();
    server.end();
    const [got] = await Promise.all([collect(server), collect(client)]);
    expect(got.bytes.toString()).toBe("hello");
    await web.closeOf(0);
    expect(web.nlb.state()).toMatchObject({ flows: { observerErrors: 3, flowsOpened: 1, flowsClosed: 1 } });
  });
});

async function send(socket: Socket, sizeMiB: number): Promise<string> {
  const hash = createHash("sha256");
  for (let i = 0; i < sizeMiB; i++) {
    const block = randomBytes(1024 * 1024);
    hash.update(block);
    if (!socket.write(block)) await once(socket, "drain");
  }
  socket.end();
  return hash.digest("hex");
}

async function hashOf(socket: Socket): Promise<{ hash: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  socket.resume();
  await withDeadline(once(socket, "end"), "the last byte");
  return { hash: hash.digest("hex"), bytes };
}

/** How a client sees its refusal. The reset may come before the connection is even reported. */
async function turnedAway(port: number): Promise<string> {
  return (await withDeadline(collect(connect({ host: "127.0.0.1", port })), "the refusal")).end;
}

/** Whether the kernel takes a chunk before the deadline. */
function takenWithin(socket: Socket, chunk: Buffer, deadlineMs: number): Promise<boolean> {
  return withDeadline(
    new Promise<boolean>((resolve) => socket.write(chunk, () => resolve(true))),
    "the kernel",
    deadlineMs,
  ).catch(() => false);
}
