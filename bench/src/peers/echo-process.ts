import { createServer, type Socket } from "node:net";
import { proxyProtocol } from "@edgekit/pp2/node";
import { addressOf } from "./proxy-setup.ts";

/**
 * A target in a process of its own: `echo-process PORT COUNT`. Once it has read the PROXY header it sends back what it is sent;
 * a flow that begins with `!` gets bytes without end. COUNT 0 is for 127.0.0.1, more for so many addresses of their own.
 */
const [port, count = 0] = process.argv.slice(2).map(Number);
const flood = Buffer.alloc(64 * 1024, "edgekit ");

const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.once("data", (first) => (first[0] === 0x21 ? pour(socket) : echo(socket, first)));
});
proxyProtocol(server, { trusted: ["127.0.0.0/8"], headerTimeoutMs: 300_000, maxPending: 20_000 });
for (const host of count === 0 ? ["127.0.0.1"] : Array.from({ length: count }, (_, index) => addressOf(index))) {
  // All hand their connections to the one that knows PROXY headers.
  const listener = host === "127.0.0.1" ? server : createServer({ allowHalfOpen: true, noDelay: true });
  if (listener !== server) listener.on("connection", (socket) => server.emit("connection", socket));
  listener.listen({ port, host, backlog: 4096 });
}

function echo(socket: Socket, first: Buffer): void {
  socket.write(first);
  socket.pipe(socket);
}

function pour(socket: Socket): void {
  socket.on("end", () => socket.destroy());
  socket.resume();
  // One at a time, so that others have their turns.
  const more = (error?: Error | null): void => {
    if (error == null && !socket.destroyed) socket.write(flood, more);
  };
  more();
}
