// A client that speaks on behalf of another one. Run: ORIGIN=http://127.0.0.1:8080 node undici.js
import { proxyConnector } from "@edgekit/pp2/node";
import { Agent, request } from "undici";

// One agent for each client: its connections, which it reuses, all carry the same header.
const dispatcher = new Agent({
  connect: proxyConnector({
    source: { address: "198.51.100.7", port: 40001 },
    destination: { address: "203.0.113.9", port: 80 },
  }),
});

const { body } = await request(process.env.ORIGIN ?? "http://127.0.0.1:8080", { dispatcher });
export const answer = await body.text();
process.stdout.write(answer);
await dispatcher.close();
