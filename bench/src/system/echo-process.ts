import { createServer } from "node:net";
import { proxyProtocol } from "@edgekit/pp2/node";

/** A target in a process of its own: `echo-process WITH_HEADER PLAIN`, two ports that send back what they are sent. */
const [withHeader, plain] = process.argv.slice(2).map(Number);

for (const port of [withHeader, plain]) {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  if (port === withHeader)
    proxyProtocol(server, { trusted: ["127.0.0.0/8"], headerTimeoutMs: 300_000, maxPending: 20_000 });
  server.listen({ port, host: "127.0.0.1", backlog: 4096 });
}
