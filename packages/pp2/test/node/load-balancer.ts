import { once } from "node:events";
import net from "node:net";

/**
 * A load balancer for tests: puts `header` in front of what its client sends first, in one segment (`coalesced`) or
 * with the header and the first bytes of the payload each in a segment of their own (`byteByByte`).
 */
export interface TestLoadBalancer extends AsyncDisposable {
  readonly port: number;
  /** Of the connection to the server that was made last. */
  readonly localPort: number | undefined;
}

export type Segments = "coalesced" | "byteByByte";

export async function loadBalance(
  serverPort: number,
  header: Uint8Array,
  segments: Segments,
): Promise<TestLoadBalancer> {
  const sockets = new Set<net.Socket>();
  let localPort: number | undefined;
  const keep = (socket: net.Socket): void => {
    sockets.add(socket.on("error", () => {}));
    socket.once("close", () => sockets.delete(socket));
  };
  const server = net.createServer((client) => {
    keep(client);
    client.once("data", (first: Buffer) => {
      client.pause();
      const target = net.connect({ port: serverPort, host: "127.0.0.1", noDelay: true });
      keep(target);
      target.once("connect", () => {
        localPort = target.localPort;
        const bytes = Buffer.concat([header, first]);
        const splice = (): void => {
          client.pipe(target);
          target.pipe(client);
        };
        if (segments === "coalesced") target.write(bytes, splice);
        else writeByteByByte(target, bytes, header.length + 8, splice);
      });
      target.once("close", () => client.destroy());
      client.once("close", () => target.destroy());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    get localPort() {
      return localPort;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function writeByteByByte(socket: net.Socket, bytes: Uint8Array, single: number, done: () => void, at = 0): void {
  if (at >= single || at >= bytes.length) {
    socket.write(bytes.subarray(at), done);
    return;
  }
  // A turn of the event loop in between lets the server, in this same process, read each byte by itself.
  socket.write(bytes.subarray(at, at + 1), () =>
    setImmediate(() => writeByteByByte(socket, bytes, single, done, at + 1)),
  );
}
