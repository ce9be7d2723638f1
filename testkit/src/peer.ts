import { once } from "node:events";
import net from "node:net";

/** A listening server of a test, on a port of the kernel's choice. */
export interface TcpServer extends AsyncDisposable {
  readonly server: net.Server;
  readonly address: string;
  readonly port: number;
  /** Every socket that is open, for tests that act on them. */
  readonly sockets: ReadonlySet<net.Socket>;
  /** The next connection, also one that has already come. */
  accept(): Promise<net.Socket>;
  /** Destroys every socket and closes the server. */
  close(): Promise<void>;
}

/** Listens on port 0 of `address`. Sockets are half-open capable and not read until the test reads them. */
export async function listenOn(address = "127.0.0.1", onConnection?: (socket: net.Socket) => void): Promise<TcpServer> {
  const sockets = new Set<net.Socket>();
  const arrived: net.Socket[] = [];
  const waiting: ((socket: net.Socket) => void)[] = [];
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: !onConnection }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    onConnection?.(socket);
    const next = waiting.shift();
    if (next) next(socket);
    else arrived.push(socket);
  });
  server.listen(0, address);
  await once(server, "listening");
  const bound = server.address() as net.AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    server,
    address: bound.address,
    port: bound.port,
    sockets,
    accept: () => {
      const socket = arrived.shift();
      return socket ? Promise.resolve(socket) : new Promise((resolve) => waiting.push(resolve));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Connects, with half-close kept open, and waits until the connection stands. */
export async function connectTo(port: number, options: Omit<net.TcpNetConnectOpts, "port"> = {}): Promise<net.Socket> {
  const socket = net.connect({
    host: "127.0.0.1",
    allowHalfOpen: true,
    noDelay: true,
    autoSelectFamily: false,
    ...options,
    port,
  });
  await once(socket, "connect");
  // A reset is an outcome that tests look for (see `collect`), and no reason to end the process.
  socket.on("error", () => {});
  return socket;
}

/** What a socket received until it ended, and how it ended. */
export interface Collected {
  readonly bytes: Buffer;
  readonly end: "fin" | "rst" | "close";
  readonly errno: string | undefined;
}

/** Reads everything that a socket receives until FIN, RST or close. */
export function collect(socket: net.Socket): Promise<Collected> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = (end: Collected["end"], errno?: string): void => resolve({ bytes: Buffer.concat(chunks), end, errno });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("end", () => done("fin"));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      done(error.code === "ECONNRESET" ? "rst" : "close", error.code),
    );
    socket.once("close", () => done("close"));
    socket.resume();
  });
}
