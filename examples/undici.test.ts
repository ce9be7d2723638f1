import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import { proxyProtocol } from "@edgekit/pp2/node";
import { trackLeaks } from "@edgekit/testkit";
import { expect, it, vi } from "vitest";
import { importExample } from "./run-example.ts";

trackLeaks();

it("undici.js asks on behalf of another client", async () => {
  const server = http.createServer((req, res) => res.end(`hello ${req.socket.remoteAddress}\n`));
  proxyProtocol(server, { trusted: ["127.0.0.1"] });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.env["ORIGIN"] = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const { answer } = (await importExample("./undici.js")) as { answer: string };
  printed.mockRestore();
  expect(answer).toBe("hello 198.51.100.7\n");
  const closed = once(server, "close");
  server.close();
  await closed;
});
