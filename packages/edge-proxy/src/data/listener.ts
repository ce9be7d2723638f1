import net from "node:net";
import { descriptorOf } from "../inherited-sockets.ts";
import { listenError } from "../listen-error.ts";
import type { FlowSocket, Sockets } from "./flow-socket.ts";

/** Sockets that listen already, or are bound and about to. */
export interface ReadySockets {
  /** The socket of that name, once: its descriptor in this process, or Node's handle of it. */
  take(name: string): number | object | undefined;
}

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
 * @param ready a socket that listens there already, see `ReadySockets`
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`; the message names address and port.
 */
export async function openListener(
  address: string,
  port: number,
  what: string,
  sockets: Sockets,
  onConnection: (client: FlowSocket) => void,
  ready?: number | object,
): Promise<OpenListener> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: 1 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, address, port, what)));
    if (ready === undefined) server.listen({ host: address, port, ipv6Only: false, backlog }, resolve);
    else if (typeof ready === "number") server.listen({ fd: ready, backlog }, resolve);
    else server.listen(ready, backlog, resolve);
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
