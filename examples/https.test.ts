import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { ProxyHeaderHttpsAgent } from "@edgekit/pp2/node";
import { testOnlyTls, trackLeaks } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { destination, runServer, source } from "./run-example.ts";

trackLeaks();

it("https.js greets the client", async () => {
  await using example = await runServer("./https.js");
  const agent = new ProxyHeaderHttpsAgent({ source, destination, ca: testOnlyTls.cert });
  const [response] = (await once(https.get(`https://127.0.0.1:${example.port}/`, { agent }), "response")) as [
    IncomingMessage,
  ];
  expect(Buffer.concat(await response.toArray()).toString()).toBe("hello 198.51.100.7\n");
  agent.destroy();
});
