import { once } from "node:events";
import net from "node:net";

/** Below what Linux gives to outgoing connections, so that none of these takes it in between. */
const lowest = 15_000;
const highest = 30_000;

/** A port that nobody listens on, for what must be told a port and cannot take 0. */
export async function unusedPort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = net.createServer();
    try {
      server.listen(port);
      await once(server, "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
