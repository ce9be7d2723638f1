import net from "node:net";
import tls from "node:tls";
import { collect, connectTo, testOnlyTls, trackLeaks, withDeadline } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { closed, listening } from "../../test/node/listening.ts";
import { loadBalance } from "../../test/node/load-balancer.ts";
import { until } from "../../test/node/until.ts";
import { encode } from "../index.ts";
import { proxied } from "./index.ts";

trackLeaks();

const destination = { address: "203.0.113.9", port: 443 };
const from = (port: number): Uint8Array => encode({ source: { address: "198.51.100.7", port }, destination });
const trusted = ["127.0.0.1"];

it("iterates over connections with a header, in their order, until the server is closed", async () => {
  const server = net.createServer();
  const connections = proxied(server, { trusted });
  const port = await listening(server);
  const ports: number[] = [];
  const loop = (async () => {
    for await (const { socket, client } of connections) {
      ports.push(client.port);
      socket.end(`hello ${client.port}`);
    }
  })();
  for (const clientPort of [40001, 40002, 40003]) {
    const client = await connectTo(port);
    client.end(from(clientPort));
    expect((await collect(client)).bytes.toString()).toBe(`hello ${clientPort}`);
  }
  const bad = await connectTo(port);
  bad.write("GET / HTTP/1.1\r\n\r\n");
  await collect(bad);
  bad.destroy();
  await closed(server);
  await withDeadline(loop, "the loop to end");
  expect(ports).toEqual([40001, 40002, 40003]);
  expect(connections.handle.counters.rejected.malformed).toBe(1);
});

it("collects connections that come before the loop begins, and closes those that it does not take", async () => {
  const server = net.createServer();
  const connections = proxied(server, { trusted });
  const port = await listening(server);
  const first = await connectTo(port);
  first.write(from(40001));
  await until(() => connections.handle.counters.accepted === 1, "the first");
  const second = await connectTo(port);
  second.write(from(40002));
  await until(() => connections.handle.counters.accepted === 2, "the second");
  for await (const { socket, client } of connections) {
    expect(client.port).toBe(40001);
    socket.destroy();
    break;
  }
  await withDeadline(Promise.all([collect(first), collect(second)]), "both to be closed");
  expect(server.listenerCount("connection")).toBe(0);
  expect(server.listenerCount("error")).toBe(0);
  first.destroy();
  second.destroy();
  await closed(server);
});

it("serves several callers of next", async () => {
  const server = net.createServer();
  const connections = proxied(server, { trusted });
  const port = await listening(server);
  const both = Promise.all([connections.next(), connections.next()]);
  const clients = [await connectTo(port), await connectTo(port)];
  for (const client of clients) client.write(from(40001));
  for (const result of await withDeadline(both, "both")) result.value?.socket.destroy();
  await connections.return?.();
  for (const client of clients) client.destroy();
  await closed(server);
});

it("gives the TLS sockets of a TLS server", async () => {
  const server = tls.createServer(testOnlyTls);
  const connections = proxied(server, { trusted });
  await using balancer = await loadBalance(await listening(server), from(40001), "coalesced");
  const client = tls.connect({ port: balancer.port, host: "127.0.0.1", ca: testOnlyTls.cert });
  const { value } = await withDeadline(connections.next(), "the connection");
  expect(value?.socket).toBeInstanceOf(tls.TLSSocket);
  expect(value?.socket.remotePort).toBe(40001);
  value?.socket.destroy();
  client.destroy();
  await connections.return?.();
  await closed(server);
});

it("throws the server's error out of the loop", async () => {
  const taken = net.createServer();
  const port = await listening(taken);
  const server = net.createServer();
  const connections = proxied(server, { trusted });
  server.listen(port, "127.0.0.1");
  await expect(connections.next()).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(await connections.next()).toEqual({ done: true, value: undefined });
  await closed(taken);
});
