import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * A client in a process of its own: `flows-process idle PORT COUNT` opens flows, sends a byte through each and holds them until
 * it is told to end; `flows-process bulk PORT MIB` sends so much to an echo and takes it back.
 */
const [mode, portText, amountText] = process.argv.slice(2);
const port = Number(portText);
const amount = Number(amountText);

async function open(): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

async function idle(): Promise<void> {
  const atOnce = 100;
  for (let opened = 0; opened < amount; opened += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, amount - opened) }, async () => {
        const socket = await open();
        socket.write("x");
        await once(socket, "data");
        socket.pause();
      }),
    );
  }
}

async function bulk(): Promise<void> {
  const block = Buffer.alloc(1024 * 1024, 7);
  const socket = await open();
  let received = 0;
  const all = new Promise<void>((resolve) => {
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received === amount * block.length) resolve();
    });
  });
  for (let sent = 0; sent < amount; sent++) {
    if (!socket.write(block)) await once(socket, "drain");
  }
  await all;
  socket.destroy();
}

await (mode === "idle" ? idle() : bulk());
process.send?.("done");
if (mode === "idle") setInterval(() => {}, 1_000_000);
else process.disconnect?.();
