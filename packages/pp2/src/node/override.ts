import type net from "node:net";
import type { Endpoint, Header } from "../index.ts";
import { type ProxyInfo, rememberInfo } from "./info.ts";

/**
 * Makes a socket report the client of `info`. Own properties hide the getters of net.Socket, and unlike those they
 * still answer when the socket is destroyed, which is when access logs are written.
 */
export function overrideAddresses(socket: net.Socket, info: ProxyInfo, local: boolean): void {
  rememberInfo(socket, info);
  if (!namesAddresses(info.header)) return;
  const { source, destination } = info.header;
  if (source) define(socket, "remote", source, info);
  if (local && destination) define(socket, "local", destination, info);
  answerFromHandle(socket, local);
}

/** Internal to Node.js: what TLS sockets ask for the ends of the connection under them. */
interface Handle {
  getpeername?: (out: object) => number;
  getsockname?: (out: object) => number;
}

/**
 * A TLS socket that a program builds on this one by itself, as `smtp-server` does for SMTPS, asks the handle and not the
 * socket. Nothing else depends on this: where Node.js has no such handle, that TLS socket tells the real addresses.
 */
function answerFromHandle(socket: net.Socket, local: boolean): void {
  const handle = (socket as unknown as { _handle?: Handle | null })._handle;
  if (!handle) return;
  const answer = (address: unknown, port: unknown, family: unknown) => (out: object) => {
    Object.assign(out, { address, port, family });
    return 0;
  };
  handle.getpeername = answer(socket.remoteAddress, socket.remotePort, socket.remoteFamily);
  if (local) handle.getsockname = answer(socket.localAddress, socket.localPort, socket.localFamily);
}

/** Whether the header stands in for the connection's own addresses: not for LOCAL, UNSPEC and UNIX. */
export function namesAddresses({ family }: Header): boolean {
  return family === "INET" || family === "INET6";
}

function define(socket: net.Socket, end: "remote" | "local", { address, port }: Endpoint, { header }: ProxyInfo): void {
  const names = propertyNames[end];
  Object.defineProperty(socket, names.address, own(address));
  Object.defineProperty(socket, names.port, own(port));
  Object.defineProperty(socket, names.family, own(header.family === "INET" ? "IPv4" : "IPv6"));
}

const propertyNames = {
  remote: { address: "remoteAddress", port: "remotePort", family: "remoteFamily" },
  local: { address: "localAddress", port: "localPort", family: "localFamily" },
} as const;

function own(value: string | number): PropertyDescriptor {
  return { value, configurable: true, writable: true };
}
