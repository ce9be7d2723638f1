import { type FastifyProxyRequest, fastifyProxyProtocol, proxyConnector } from "@edgekit/pp2/node";
import { trackLeaks } from "@edgekit/testkit";
import fastify from "fastify";
import { Agent, request } from "undici";
import { expect, it } from "vitest";
import { destination, runServer, source } from "./run-example.ts";

declare module "fastify" {
  interface FastifyRequest extends FastifyProxyRequest {}
}

trackLeaks();

it("fastify.js knows client and load balancer", async () => {
  await using example = await runServer("./fastify.js");
  const dispatcher = new Agent({ connect: proxyConnector({ source, destination }) });
  const { body } = await request(`http://127.0.0.1:${example.port}/`, { dispatcher });
  expect(await body.json()).toEqual({ client: "198.51.100.7", loadBalancer: "127.0.0.1", version: 2 });
  await dispatcher.destroy();
});

it("the plugin's decorator is there in inner scopes, and is undefined for injected requests", async () => {
  const app = fastify();
  await app.register(fastifyProxyProtocol, { trusted: ["127.0.0.1"] });
  await app.register(async (inner) => {
    inner.get("/", async (req) => ({ seen: "proxy" in req, client: req.proxy?.client ?? null }));
  });
  expect((await app.inject("/")).json()).toEqual({ seen: true, client: null });
  await app.close();
});

it("the plugin refuses wrong options when the application is made ready", async () => {
  const app = fastify();
  await expect(app.register(fastifyProxyProtocol, { trusted: ["everyone"] })).rejects.toThrow("everyone");
  await app.close();
});
