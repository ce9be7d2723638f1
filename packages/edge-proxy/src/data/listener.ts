import net from "node:net";
import { descriptorOf } from "../inherited-sockets.ts";
import { listenError } from "../listen-error.ts";
import type { FlowSocket, Sockets } from "./flow-socket.ts";

/** A listening socket. */
export interface OpenListener {
  readonly address: string;
  /** The real one, also where 0 was asked for. */
  readonly port: number;
  /** Of the listening socket, to be handed to another process. */
  readonly descriptor: number | undefined;
  /** Stops accepting, at once. Flows live on. */
  close(): void;
}

/** Connections that wait to be accepted, as far as the kernel allows (`net.core.somaxconn`). Node's 511 is a burst of clients. */
const backlog = 4_096;

/**
 * Listens, and hands over each connection that comes.
 * @param what whose listener this is, for the error
 * @param inherited the descriptor of a socket that listens there already
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`; the message names address and port.
 */
export async function openListener(
  address: string,
  port: number,
  what: string,
  sockets: Sockets,
  onConnection: (client: FlowSocket) => void,
  inherited?: number,
): Promise<OpenListener> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: 1 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, address, port, what)));
    const where = inherited === undefined ? { host: address, port, ipv6Only: false } : { fd: inherited };
    server.listen({ ...where, backlog }, resolve);
  });
  server.removeAllListeners("error");
  // A failed accept (the peer is gone, no descriptor is left) concerns one connection; the listener goes on.
  server.on("error", () => {});
  sockets.accept(server, onConnection);
  const bound = server.address() as net.AddressInfo;
  return {
    address: bound.address,
    port: bound.port,
    descriptor: descriptorOf(server),
    close: () => server.close(),
  };
}
