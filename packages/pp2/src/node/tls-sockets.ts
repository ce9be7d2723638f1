import net from "node:net";
import tls from "node:tls";
import { proxyInfo } from "./info.ts";
import { overrideAddresses } from "./override.ts";

/**
 * Makes the TLS sockets of a server report what the sockets under them report. Needed because a TLSSocket asks the
 * handle for its addresses, not the socket that it wraps.
 *
 * @returns Ends it.
 */
export function followTlsSockets(server: net.Server, overrideLocal: boolean): () => void {
  if (!(server instanceof tls.Server)) return () => {};
  if (!canFindWrappedSocket()) throw new Error("this version of Node.js does not tell which socket a TLSSocket wraps");

  const adopt = (socket: tls.TLSSocket): void => {
    const wrapped = wrappedSocket(socket);
    const info = wrapped && proxyInfo(wrapped);
    if (!info) return;
    overrideAddresses(socket, info, overrideLocal);
    // As on the socket underneath: a RST must not end a process that has no listener.
    socket.on("error", () => {});
  };
  const adoptFailed = (_error: Error, socket: tls.TLSSocket): void => adopt(socket);
  // First, so that every other listener sees the client's address.
  server.prependListener("secureConnection", adopt);
  server.prependListener("tlsClientError", adoptFailed);
  return () => {
    server.off("secureConnection", adopt);
    server.off("tlsClientError", adoptFailed);
  };
}

/** Internal to Node.js, but there since Node 0.12; where it is missing, {@link followTlsSockets} refuses to start. */
function wrappedSocket(socket: tls.TLSSocket): net.Socket | undefined {
  return (socket as unknown as { _parent?: net.Socket })._parent;
}

function canFindWrappedSocket(): boolean {
  const raw = new net.Socket();
  const probe = new tls.TLSSocket(raw);
  const found = wrappedSocket(probe) === raw;
  probe.destroy();
  raw.destroy();
  return found;
}
