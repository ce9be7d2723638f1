import { isIPv6 } from "node:net";
import { getSystemErrorName } from "node:util";
import { listenError } from "../listen-error.ts";
import type { NodeTcp, TcpHandle } from "./node-tcp.ts";

/** Sockets of one entry, bound and not listening. The kernel spreads clients over those that listen. */
export interface BoundSockets {
  readonly address: string;
  /** The real one, also where 0 was asked for. */
  readonly port: number;
  readonly handles: readonly TcpHandle[];
}

export interface BindOptions {
  readonly address: string;
  readonly port: number;
  /** As many are made where the kernel can spread clients, otherwise one. */
  readonly count: number;
  /** Whose listener this is, for the error. */
  readonly what: string;
}

/**
 * An event loop accepts one client of a socket in each turn. With several, more work comes together in a turn: a connection
 * costs a tenth less CPU time with 4, and hardly less with 8 or 16.
 */
const busySockets = 4;
/** They are descriptors too, which a config with hundreds of entries needs for its flows. */
const maxBusyEntries = 32;

/** How many sockets a process should have for an entry. @param entries how many it has */
export function socketsPerProcess(entries: number): number {
  return entries > maxBusyEntries ? 1 : busySockets;
}

/**
 * Binds the sockets of an entry; several by `SO_REUSEPORT`, which Node has from 22.12 and 23.1.
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
 */
export function bindSockets({ TCP, constants }: NodeTcp, { address, port, count, what }: BindOptions): BoundSockets {
  const handles: TcpHandle[] = [];
  const bound = (at: number, flags: number): number => {
    const handle = new TCP(constants.SERVER);
    handles.push(handle);
    const status = isIPv6(address) ? handle.bind6(address, at, flags) : handle.bind(address, at, flags);
    // libuv keeps an address that is in use to itself until somebody asks.
    const name = { port: 0 };
    const failed = status || handle.getsockname(name);
    if (failed) throw listenError(systemError(failed), address, port, what);
    return name.port;
  };
  // Other systems do not spread clients, or libuv refuses it there.
  const reusePort = process.platform === "linux" ? constants.UV_TCP_REUSEPORT : undefined;
  try {
    if (reusePort === undefined || count === 1) return { address, port: bound(port, 0), handles };
    // With the flag another program's socket that has it too would go unnoticed, except where the kernel looks for a free port.
    if (port !== 0) {
      bound(port, 0);
      handles.pop()?.close();
    }
    const actual = bound(port, reusePort);
    while (handles.length < count) bound(actual, reusePort);
    return { address, port: actual, handles };
  } catch (error) {
    for (const handle of handles) handle.close();
    throw error;
  }
}

function systemError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`bind ${code}`), { code });
}
