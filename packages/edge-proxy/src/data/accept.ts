import type net from "node:net";
import { type ByteReader, type FlowSocket, plainSocket, type SocketOwner, socketAround } from "./flow-socket.ts";

/** Turns an accepted connection into a socket. To be called at once, and once. */
export type Adopt = (reader: ByteReader, owner: SocketOwner) => FlowSocket;

/**
 * Calls `onConnection` for each connection that a listening server accepts.
 *
 * `net.Server` builds a socket for each one, which reads into a fresh buffer every time; a second socket around its handle
 * costs a good part of what a short flow costs in all. So the accepted handle is taken before the server wraps it. That is
 * not public API: where it does not look as expected, or when asked, the public way is used instead.
 */
export function onAccept(server: net.Server, onConnection: (adopt: Adopt) => void, publicApiOnly = false): void {
  if (!publicApiOnly && takeHandles(server, onConnection)) return;
  server.on("connection", (socket) => onConnection((reader, owner) => plainSocket(socket, reader, owner)));
}

interface ListeningHandle {
  onconnection?: (status: number, accepted: unknown) => void;
}

function takeHandles(server: net.Server, onConnection: (adopt: Adopt) => void): boolean {
  const handle = (server as unknown as { _handle?: ListeningHandle | null })._handle;
  const wrapAndEmit = handle?.onconnection;
  if (handle === null || handle === undefined || typeof wrapAndEmit !== "function") return false;
  // A status other than 0 is an accept that failed: the server turns it into its 'error' event.
  handle.onconnection = function onconnection(status, accepted) {
    if (status !== 0) wrapAndEmit.call(this, status, accepted);
    else onConnection((reader, owner) => socketAround(accepted, reader, owner));
  };
  return true;
}
