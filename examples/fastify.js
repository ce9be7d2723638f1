// Fastify: request.ip is the client's, request.proxy has the header. Run: PORT=8080 node fastify.js
import { fastifyProxyProtocol } from "@edgekit/pp2/node";
import fastify from "fastify";

const app = fastify();
await app.register(fastifyProxyProtocol, { trusted: ["127.0.0.1", "10.0.0.0/8"] });

app.get("/", async (request) => ({
  client: request.ip,
  loadBalancer: request.proxy?.peer.address,
  version: request.proxy?.header.version,
}));

// One address, and not the default of localhost, which may be two.
await app.listen({ port: Number(process.env.PORT ?? 8080), host: "0.0.0.0" });

export const { server } = app;
