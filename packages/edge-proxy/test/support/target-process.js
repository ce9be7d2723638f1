import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Targets in a process of their own: `target-process COUNT` listens on so many ports and tells them. A flow that begins with `!`
 * gets bytes without end, any other has its bytes sent back. To every message it answers who its peers are.
 */
const count = Number(process.argv[2]);
const flood = Buffer.alloc(64 * 1024, "edgekit ");
/** Of flows that stand. */
const peers = new Set();

const servers = Array.from({ length: count }, () => createServer({ allowHalfOpen: true, noDelay: true }, serve));
const ports = servers.map(async (server) => {
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  return server.address().port;
});
process.on("message", () => process.send({ peers: [...peers] }));
process.on("disconnect", () => process.exit());
process.send({ ports: await Promise.all(ports) });

function serve(socket) {
  const peer = `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`;
  peers.add(peer);
  socket.on("error", () => {});
  socket.once("close", () => peers.delete(peer));
  socket.once("data", (first) => (first[0] === 0x21 ? pour(socket) : echo(socket, first)));
  socket.once("end", () => socket.end());
}

function echo(socket, first) {
  socket.write(first);
  socket.pipe(socket);
}

function pour(socket) {
  socket.resume();
  // One at a time, so that others have their turns.
  const more = (error) => {
    if (error == null && !socket.destroyed) socket.write(flood, more);
  };
  more();
}
