import { endianness } from "node:os";
import { type Libc, loadLibc, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from "./libc.ts";

/** A socket that is bound but not connected, or the system's name for the error. */
export type OpenedSocket = { readonly fd: number } | { readonly errno: string };

/**
 * Sockets with an address and port that are not this machine's: Linux's `IP_TRANSPARENT`, see tproxy.rst in the kernel's
 * documentation. Node has no setsockopt, so the C library is called.
 */
export class TransparentSockets {
  #calls: Calls | undefined;

  /**
   * Loads the C library and tries whether sockets can be opened.
   * @returns what is missing, or undefined when they can
   */
  async load(): Promise<string | undefined> {
    if (process.platform !== "linux") return "IP_TRANSPARENT exists on Linux only";
    try {
      this.#calls ??= callsOf(await loadLibc());
    } catch (error) {
      return `the optional package koffi cannot be loaded (${firstLine(error)})`;
    }
    const opened = open(this.#calls, 4);
    if ("fd" in opened) this.#calls.close(opened.fd);
    else if (opened.errno === "EPERM") return "this process lacks the capability CAP_NET_ADMIN";
    else return `IP_TRANSPARENT cannot be set (${opened.errno})`;
    return undefined;
  }

  /** Opens a socket bound to this address and port. Call `load()` first. */
  open(address: string, port: number): OpenedSocket {
    const calls = this.#calls;
    if (calls === undefined) return { errno: "ENOSYS" };
    const family = address.includes(":") ? 6 : 4;
    const opened = open(calls, family);
    if ("errno" in opened) return opened;
    const name = socketAddress(calls, family, address, port);
    if (calls.bind(opened.fd, name, name.length) === 0) return opened;
    const errno = calls.lastError();
    calls.close(opened.fd);
    return { errno };
  }
}

interface Calls {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  inet_pton(family: number, text: string, into: Uint8Array): number;
  close(fd: number): number;
  lastError(): string;
}

function callsOf(libc: Libc): Calls {
  return {
    socket: libc.func("int socket(int domain, int type, int protocol)"),
    setsockopt: libc.func("int setsockopt(int fd, int level, int name, void *value, uint32_t length)"),
    bind: libc.func("int bind(int fd, void *address, uint32_t length)"),
    inet_pton: libc.func("int inet_pton(int family, str text, void *into)"),
    close: libc.func("int close(int fd)"),
    lastError: libc.lastError,
  };
}

// Linux's numbers, as in `libc.ts`.
const AF_INET = 2;
const AF_INET6 = 10;
const SOL_IP = 0;
const SOL_SOCKET = 1;
const SOL_IPV6 = 41;
const SO_REUSEADDR = 2;
const IP_TRANSPARENT = 19;
const IPV6_TRANSPARENT = 75;
const sizeofSockaddrIn = 16;
const sizeofSockaddrIn6 = 28;

const on = new Uint8Array(new Int32Array([1]).buffer);

function open(calls: Calls, family: 4 | 6): OpenedSocket {
  const fd = calls.socket(family === 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return { errno: calls.lastError() };
  // A client may open two flows from one port to two targets: only both addresses and ports together have to be unique.
  const set =
    calls.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, on, on.length) ||
    (family === 4
      ? calls.setsockopt(fd, SOL_IP, IP_TRANSPARENT, on, on.length)
      : calls.setsockopt(fd, SOL_IPV6, IPV6_TRANSPARENT, on, on.length));
  if (set === 0) return { fd };
  const errno = calls.lastError();
  calls.close(fd);
  return { errno };
}

/** `struct sockaddr_in` and `struct sockaddr_in6`: the family in the machine's byte order, the rest in the network's. */
function socketAddress(calls: Calls, family: 4 | 6, address: string, port: number): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? sizeofSockaddrIn : sizeofSockaddrIn6);
  const view = new DataView(bytes.buffer);
  const af = family === 4 ? AF_INET : AF_INET6;
  view.setUint16(0, af, endianness() === "LE");
  view.setUint16(2, port);
  calls.inet_pton(af, address, bytes.subarray(family === 4 ? 4 : 8));
  return bytes;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? text;
}
