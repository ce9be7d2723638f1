import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { checkSeenClient } from "./client-check.ts";

let server: Server | undefined;
afterEach(async () => {
  if (server?.listening) await once(server.close(), "close");
});

/** A server that takes its clients for what `seen` says. */
async function serverThatSees(seen: (socket: Socket) => string): Promise<number> {
  server = createServer(({ socket }, response) => void response.end(seen(socket))).listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const truth = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}:${remotePort}`;

test("the client's own address and port is the right answer", async () => {
  await checkSeenClient(await serverThatSees(truth), true);
});

test.each([
  ["the proxy", () => "127.0.0.1:4711", "for 127.0.0.1:4711"],
  ["another client of the same host", () => "127.0.0.7:1", "for 127.0.0.7:1"],
  ["nobody", () => "undefined:undefined", "for undefined:undefined"],
])("a server that takes it for %s is wrong", async (_, seen, message) => {
  await expect(checkSeenClient(await serverThatSees(seen), true)).rejects.toThrow(message);
});

test("without a header a server sees its proxy", async () => {
  await checkSeenClient(await serverThatSees(() => "127.0.0.1:4711"), false);
});

test("without a header a server that sees the client was sent one", async () => {
  const port = await serverThatSees(truth);
  await expect(checkSeenClient(port, false)).rejects.toThrow("it takes its proxy, 127.0.0.1, for 127.0.0.7:");
});
