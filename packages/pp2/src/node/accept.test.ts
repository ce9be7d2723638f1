import { collect, connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { ManualClock } from "../../test/node/manual-clock.ts";
import { until } from "../../test/node/until.ts";
import { encode } from "../index.ts";
import { type AcceptOptions, acceptProxied, type ProxiedConnection, ProxyProtocolError, proxyInfo } from "./index.ts";

trackLeaks();

const source = { address: "198.51.100.7", port: 40001 };
const destination = { address: "203.0.113.9", port: 443 };
const header = encode({ source, destination });

/** Accepts one connection of a client that sends `bytes`. */
async function accepting(
  bytes: Uint8Array,
  options: Partial<AcceptOptions>,
  body: (accepted: Promise<ProxiedConnection>, client: Awaited<ReturnType<typeof connectTo>>) => Promise<void>,
): Promise<void> {
  await using server = await listenOn();
  const client = await connectTo(server.port);
  client.on("error", () => {});
  if (bytes.length > 0) client.write(bytes);
  const accepted = acceptProxied(await server.accept(), { trusted: ["127.0.0.1"], ...options });
  // It is awaited later than it may reject.
  accepted.catch(() => {});
  try {
    await body(accepted, client);
  } finally {
    client.destroy();
  }
}

it("gives header, peer, client and a socket that begins after the header", async () => {
  await accepting(Buffer.concat([header, Buffer.from("hello")]), {}, async (accepted, client) => {
    const { socket, ...info } = await accepted;
    expect(info.client).toEqual(source);
    expect(info.peer).toEqual({ address: "127.0.0.1", port: client.localPort });
    expect(info.header.destination).toEqual(destination);
    expect(socket.remoteAddress).toBe(source.address);
    expect(proxyInfo(socket)).toEqual(info);
    client.end();
    expect((await collect(socket)).bytes.toString()).toBe("hello");
  });
});

it("keeps the FIN right behind the header for whoever awaits the socket", async () => {
  await accepting(header, {}, async (accepted, client) => {
    client.end();
    const { socket } = await accepted;
    // Late on purpose: the FIN is there by now.
    await until(() => client.writableFinished, "the FIN");
    expect(await withDeadline(collect(socket), "the end")).toMatchObject({ end: "fin" });
  });
});

const notAHeader = Buffer.from("GET / HTTP/1.1\r\n\r\n");
it.each([
  ["malformed", notAHeader, {}, /^PP2_/],
  ["untrusted", header, { trusted: ["192.0.2.1"] }, /^PP2_UNTRUSTED$/],
  ["refused", header, { validate: () => false }, /^PP2_REFUSED$/],
  ["closed", new Uint8Array(), { signal: AbortSignal.abort() }, /^PP2_CLOSED$/],
] as const)("rejects what is %s, with a code, and destroys the socket", async (reason, bytes, options, code) => {
  await accepting(bytes, options, async (accepted, client) => {
    const error = await accepted.catch((rejected: unknown) => rejected);
    expect(error).toBeInstanceOf(ProxyProtocolError);
    expect(error).toMatchObject({ name: "ProxyProtocolError", reason, code: expect.stringMatching(code) });
    expect(error).toMatchObject({ peer: { address: "127.0.0.1", port: client.localPort } });
    await withDeadline(collect(client), "the end");
  });
});

it("rejects at the deadline, and says how many bytes had come", async () => {
  const clock = new ManualClock();
  await accepting(header.subarray(0, 20), { clock, headerTimeoutMs: 3_000 }, async (accepted, client) => {
    await until(() => clock.running === 1 && client.bytesWritten === 20, "the first bytes");
    clock.advance(3_000);
    await expect(accepted).rejects.toMatchObject({ code: "PP2_HEADER_TIMEOUT", reason: "timeout" });
  });
});

it("rejects when the signal is aborted, with its reason as cause", async () => {
  const controller = new AbortController();
  await accepting(header.subarray(0, 20), { signal: controller.signal }, async (accepted) => {
    controller.abort("shutting down");
    await expect(accepted).rejects.toMatchObject({ code: "PP2_CLOSED", cause: "shutting down" });
  });
});

it("rejects when the connection is reset inside the header", async () => {
  await using server = await listenOn();
  const client = await connectTo(server.port);
  client.write(header.subarray(0, 20));
  const socket = await server.accept();
  const accepted = acceptProxied(socket, { trusted: ["127.0.0.1"] });
  socket.once("readable", () => socket.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })));
  await expect(accepted).rejects.toMatchObject({ code: "PP2_RESET", bytesReceived: 20 });
  client.destroy();
});

it("rejects a socket that is dead already", async () => {
  await using server = await listenOn();
  const client = await connectTo(server.port);
  const socket = await server.accept();
  socket.destroy();
  await expect(acceptProxied(socket, { trusted: ["127.0.0.1"] })).rejects.toMatchObject({
    code: "PP2_DEAD_ON_ARRIVAL",
    peer: undefined,
  });
  client.destroy();
});

it("leaves no listener behind but the one that keeps a RST from ending the process", async () => {
  await using server = await listenOn();
  const client = await connectTo(server.port);
  client.write(header);
  const socket = await server.accept();
  const before = socket.eventNames().map((name) => [name, socket.listenerCount(name)]);
  const { signal } = new AbortController();
  await acceptProxied(socket, { trusted: ["127.0.0.1"], signal });
  const count = (name: string | symbol): number => socket.listenerCount(name) - (name === "error" ? 1 : 0);
  expect(
    socket
      .eventNames()
      .map((name) => [name, count(name)])
      .filter(([, n]) => n !== 0),
  ).toEqual(before);
  client.destroy();
});
