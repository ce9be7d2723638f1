import { closeSync } from "node:fs";
import net from "node:net";
import { descriptorOf } from "../inherited-sockets.ts";
import { listenError } from "../listen-error.ts";
import type { BindOptions } from "./bound-sockets.ts";
import type { FlowSocket, Sockets } from "./flow-socket.ts";
import type { TcpHandle } from "./node-tcp.ts";

/** A socket that listens already or is bound and about to: its descriptor in this process, or Node's handle of it. */
export type ReadySocket = number | TcpHandle;

/** Such sockets, by names. */
export interface ReadySockets {
  /** Those of that name, once; none if there are none. */
  take(name: string): readonly ReadySocket[];
}

/** The sockets of an entry, listening. */
export interface OpenListener {
  readonly address: string;
  /** The real one, also where 0 was asked for. */
  readonly port: number;
  /** Of the listening sockets, to be handed to another process. */
  readonly descriptors: readonly number[];
  /** Stops accepting, at once. Flows live on. */
  close(): void;
}

/** Connections that wait to be accepted, as far as the kernel allows (`net.core.somaxconn`). Node's 511 is a burst of clients. */
const backlog = 4_096;

/**
 * Listens, and hands over each connection that comes.
 * @param ready sockets to listen with; where there are none they are made
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`; the message names address and port.
 */
export async function openListener(
  options: BindOptions,
  sockets: Sockets,
  onConnection: (client: FlowSocket) => void,
  ready: readonly ReadySocket[] = [],
): Promise<OpenListener> {
  const bound = ready.length > 0 ? ready : (sockets.bind?.(options).handles ?? [undefined]);
  const servers: net.Server[] = [];
  try {
    for (const socket of bound) {
      const server = await listen(socket, options);
      servers.push(server);
      sockets.accept(server, onConnection);
    }
  } catch (error) {
    for (const server of servers) server.close();
    // Node has closed the one that failed.
    for (const socket of bound.slice(servers.length + 1)) discard(socket);
    throw error;
  }
  const name = servers[0]?.address() as net.AddressInfo;
  return {
    address: name.address,
    port: name.port,
    descriptors: servers.map(descriptorOf).filter((descriptor) => descriptor !== undefined),
    close: () => {
      for (const server of servers) server.close();
    },
  };
}

/** @param socket to listen with, unless Node is to make one */
async function listen(socket: ReadySocket | undefined, { address, port, what }: BindOptions): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: 1 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, address, port, what)));
    const place = typeof socket === "number" ? { fd: socket } : (socket ?? { host: address, port, ipv6Only: false });
    // Node looks for the backlog of a descriptor or a handle nowhere but here.
    server.listen(place, backlog, resolve);
  });
  server.removeAllListeners("error");
  // A failed accept (the peer is gone, no descriptor is left) concerns one connection; the listener goes on.
  server.on("error", () => {});
  return server;
}

function discard(socket: ReadySocket | undefined): void {
  if (typeof socket === "number") closeSync(socket);
  else socket?.close();
}
