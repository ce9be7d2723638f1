import { once } from "node:events";
import { type AddressInfo, connect, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { encode } from "@edgekit/pp2";
import { afterEach, expect, test } from "vitest";
import { type Application, type Reading, receivingServer } from "./receiving-server.ts";

const client = { address: "203.0.113.7", port: 51_234 };
const destination = { address: "10.0.0.1", port: 80 };
const request = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";

let server: Server | undefined;
afterEach(async () => {
  if (server?.listening) await once(server.close(), "close");
});

/** Sends one chunk, and returns the answer and the address that it was sent from. */
async function ask(reading: Reading, application: Application, header: Uint8Array) {
  server = receivingServer(reading, application).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  const own = `${socket.localAddress}:${socket.localPort}`;
  socket.write(Buffer.concat([header, Buffer.from(request)]));
  const answer = await text(socket);
  return { own, answer };
}

const none = new Uint8Array();
const version1 = encode({ version: 1, source: client, destination });
const version2 = encode({ source: client, destination });

test.each<[Application, Reading, Uint8Array]>([
  ["net", "proxyProtocol", version2],
  ["net", "findhit-proxywrap", version1],
  ["net", "proxy-protocol-js by hand", version2],
  ["http", "proxyProtocol", version2],
  ["http", "findhit-proxywrap", version1],
  ["http", "proxy-protocol-js by hand", version2],
])("a node:%s server with %s answers with the client that the header names", async (application, reading, header) => {
  const { answer } = await ask(reading, application, header);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer.endsWith(`\r\n\r\n${client.address}:${client.port}`)).toBe(true);
});

test.each<Application>(["net", "http"])(
  "a node:%s server without a header answers with its peer",
  async (application) => {
    const { answer, own } = await ask("no header", application, none);
    expect(answer.endsWith(`\r\n\r\n${own}`)).toBe(true);
  },
);
