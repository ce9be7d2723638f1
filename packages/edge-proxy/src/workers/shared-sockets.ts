import { isIPv6 } from "node:net";
import { getSystemErrorName } from "node:util";
import type { ReadySockets } from "../data/listener.ts";
import type { NodeTcp, TcpHandle } from "../data/node-tcp.ts";
import { listenError } from "../listen-error.ts";

/**
 * The sockets of one entry, bound and not listening: workers do that with what they are sent of them. They stay open here, so
 * that a worker that ends takes no waiting client with it.
 */
export interface SharedSockets {
  readonly address: string;
  readonly port: number;
  /** One for all workers, or as many as there are workers. */
  readonly handles: readonly TcpHandle[];
}

/**
 * Where Node can, each worker gets a socket of its own and the kernel spreads clients over them evenly (`SO_REUSEPORT`); otherwise
 * all listen on the same one, and the first to wake up has the client.
 * @param workers how many there are
 * @param what whose listener this is, for the error
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
 */
export function bindShared(
  { TCP, constants }: NodeTcp,
  { address, port, workers, what }: { address: string; port: number; workers: number; what: string },
): SharedSockets {
  const made: TcpHandle[] = [];
  const bound = (at: number, flags: number): number => {
    const handle = new TCP(constants.SERVER);
    made.push(handle);
    const status = isIPv6(address) ? handle.bind6(address, at, flags) : handle.bind(address, at, flags);
    // libuv keeps an address that is in use to itself until somebody asks.
    const name = { port: 0 };
    const failed = status || handle.getsockname(name);
    if (failed) throw listenError(systemError(failed), address, port, what);
    return name.port;
  };
  try {
    const reusePort = constants.UV_TCP_REUSEPORT;
    // Bound without it first: with it, another program's socket with the same flag would go unnoticed.
    const actual = bound(port, 0);
    if (reusePort === undefined) return { address, port: actual, handles: made };
    made.pop()?.close();
    for (let i = 0; i < workers; i++) bound(actual, reusePort);
    return { address, port: actual, handles: made };
  } catch (error) {
    for (const handle of made) handle.close();
    throw error;
  }
}

/** The sockets of an entry that the process before this one has handed down; undefined if it has not. */
export function inheritedSockets(
  { TCP, constants }: NodeTcp,
  inherited: ReadySockets,
  key: string,
): SharedSockets | undefined {
  const handles: TcpHandle[] = [];
  for (;;) {
    const descriptor = inherited.take(socketName(key, handles.length));
    if (typeof descriptor !== "number") break;
    const handle = new TCP(constants.SERVER);
    handle.open(descriptor);
    handles.push(handle);
  }
  const name = { address: "", port: 0 };
  if (handles[0]?.getsockname(name) !== 0) return undefined;
  return { address: name.address, port: name.port, handles };
}

/** What a socket is called among those that are handed down. */
export function socketName(key: string, index: number): string {
  return index === 0 ? key : `${key} ${index}`;
}

function systemError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`bind ${code}`), { code });
}
