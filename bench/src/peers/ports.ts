import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the kernel gives to clients: a port that is free now is free when the proxy comes to it. */
const range = { first: 17_400, last: 32_000 };
let next = range.first;

/** A port of 127.0.0.1 where nobody listens; another each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = next === range.last ? range.first : next + 1;
    const server = createServer().listen({ port, host: "127.0.0.1" });
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
