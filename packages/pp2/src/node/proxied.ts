import type net from "node:net";
import tls from "node:tls";
import type { ProxiedConnection } from "./accept.ts";
import { proxyInfo } from "./info.ts";
import type { ProxyProtocolOptions } from "./options.ts";
import { type ProxyProtocolHandle, proxyProtocol } from "./proxy-protocol.ts";

/** What {@link proxied} takes: only connections with a header come out of it. */
export type ProxiedOptions = Omit<ProxyProtocolOptions, "untrusted">;

/** The connections of a server, one by one, each with its header. */
export interface ProxiedConnections extends AsyncIterableIterator<ProxiedConnection> {
  readonly handle: ProxyProtocolHandle;
}

/**
 * Iterates over the connections of a `net` or `tls` server whose header has been read. It begins to collect at once,
 * and ends when the server is closed; a server 'error' is thrown out of the loop. Leaving the loop detaches from the
 * server and closes the connections that nobody has taken.
 *
 * Connections wait in order for the loop to take them. `server.maxConnections` bounds how many.
 *
 * ```ts
 * for await (const { socket, client } of proxied(server, { trusted: ["10.0.0.0/8"] })) {
 *   socket.end(`hello ${client.address}\n`);
 * }
 * ```
 */
export function proxied(server: net.Server, options: ProxiedOptions): ProxiedConnections {
  const handle = proxyProtocol(server, { ...options, untrusted: "drop" });
  const arrived = new Set<net.Socket>();
  let end: { error?: Error } | undefined;
  const waiting = new Set<() => void>();
  // On a TLS server, 'connection' is the connection before the handshake.
  const event = server instanceof tls.Server ? "secureConnection" : "connection";

  const onConnection = (socket: net.Socket): void => {
    arrived.add(socket);
    wake();
  };
  const wake = (): void => {
    for (const resume of waiting) resume();
    waiting.clear();
  };
  const onClose = (): void => finish({});
  const onError = (error: Error): void => finish({ error });
  const finish = (how: { error?: Error }): void => {
    end ??= how;
    server.off(event, onConnection).off("close", onClose).off("error", onError);
    handle.detach();
    wake();
  };
  server.on(event, onConnection).on("close", onClose).on("error", onError);

  async function next(): Promise<IteratorResult<ProxiedConnection, undefined>> {
    for (;;) {
      const [socket] = arrived;
      const info = proxyInfo(socket);
      if (socket) arrived.delete(socket);
      if (socket && info && !socket.destroyed) return { done: false, value: { ...info, socket } };
      if (socket) continue;
      if (end?.error) {
        const { error } = end;
        end = {};
        throw error;
      }
      if (end) return { done: true, value: undefined };
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  }
  return {
    handle,
    next,
    async return() {
      finish({});
      for (const socket of arrived) socket.destroy();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
