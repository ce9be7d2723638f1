import { proxyConnector } from "@edgekit/pp2/node";
import { trackLeaks } from "@edgekit/testkit";
import { Agent, request } from "undici";
import { expect, it } from "vitest";
import { destination, runServer, source } from "./run-example.ts";

trackLeaks();

it("express.js knows client and load balancer", async () => {
  await using example = await runServer("./express.js");
  const dispatcher = new Agent({ connect: proxyConnector({ source, destination }) });
  const { body } = await request(`http://127.0.0.1:${example.port}/`, { dispatcher });
  // Where the server listens on "::", IPv4 peers are written the IPv6 way.
  const loadBalancer = expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$/);
  expect(await body.json()).toEqual({ client: "198.51.100.7", loadBalancer });
  await dispatcher.destroy();
});
