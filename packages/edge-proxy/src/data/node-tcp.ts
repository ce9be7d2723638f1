/**
 * The part of what `node:net` itself is built on that this package uses. It is not public API, so it may differ from one
 * version of Node to the next, or be out of reach (as under `--permission`).
 */
export interface NodeTcp {
  readonly TCP: new (type: number) => TcpHandle;
  readonly constants: TcpConstants;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly ShutdownWrap: new () => ShutdownRequest;
  readonly WriteWrap: new () => WriteRequest;
  /** Holds the results of the last call and the last callback, at the indices below. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

interface TcpConstants {
  /** The kinds of `TCP` handle. */
  readonly SOCKET: number;
  readonly SERVER: number;
  /** A flag of `bind` and `bind6`; Node 22.12 and 23.1 have it. */
  readonly UV_TCP_REUSEPORT?: number;
}

/** A socket of libuv. Its functions return 0 or a negative error number; on a closed one they do nothing. */
export interface TcpHandle {
  /** Has to be set before the first read. The next read goes into the buffer that it returns, if any. */
  onread: (this: TcpHandle) => Uint8Array | undefined;
  /** Ours: the object that the callbacks are for. */
  socket: HandleOwner;
  /** The descriptor; -1 while there is none. */
  readonly fd: number;
  open(fd: number): number;
  /** Older versions of Node take no flags. */
  bind(address: string, port: number, flags?: number): number;
  bind6(address: string, port: number, flags: number): number;
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
  setNoDelay(on: boolean): number;
  getpeername(into: object): number;
  getsockname(into: object): number;
  /** Sets where the first read goes. The caller has to keep the memory alive. */
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  /** The request calls back only if `streamBaseState[kLastWriteWasAsync]` is 1; otherwise it can be reused at once. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  shutdown(request: ShutdownRequest): number;
  /** `close` and `reset` have closed the descriptor when they return. */
  close(): void;
  reset(): number;
}

/** Is told what happens to a handle. A status below 0 is an error. */
export interface HandleOwner {
  read(lengthOrError: number): Uint8Array | undefined;
  connected(status: number): void;
  written(length: number, status: number): void;
  finished(): void;
}

interface ConnectRequest {
  oncomplete: (this: ConnectRequest, status: number, handle: TcpHandle) => void;
}

interface ShutdownRequest {
  oncomplete: (this: ShutdownRequest, status: number, handle: TcpHandle) => void;
}

export interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number, handle: TcpHandle) => void;
  /** Ours: keeps the bytes alive until they have been taken. */
  bytes: Uint8Array;
}

/** The handle of a listening `net.Server`. */
export interface ListeningHandle {
  setNoDelay(on: boolean): number;
  onconnection?: (this: ListeningHandle, status: number, accepted: TcpHandle) => void;
}

/** libuv's number for the end of a stream. */
export const UV_EOF = -4095;

/** @returns undefined where anything is missing. Whether all of it works is tried out in `choose-sockets.ts`. */
export function loadNodeTcp(): NodeTcp | undefined {
  try {
    const { binding } = process as unknown as { binding(name: string): object };
    const found: Partial<NodeTcp> = { ...binding("stream_wrap"), ...binding("tcp_wrap") };
    return isComplete(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

const handleMethods: readonly (keyof TcpHandle)[] = [
  ...["open", "bind", "bind6", "connect", "connect6", "setNoDelay", "getpeername", "getsockname"],
  ...["useUserBuffer", "readStart", "readStop", "writeBuffer", "shutdown", "close", "reset"],
] as (keyof TcpHandle)[];

function isComplete(found: Partial<NodeTcp>): found is NodeTcp {
  const { TCP, TCPConnectWrap, ShutdownWrap, WriteWrap, streamBaseState } = found;
  return (
    [TCP, TCPConnectWrap, ShutdownWrap, WriteWrap].every((wrap) => typeof wrap === "function") &&
    handleMethods.every((method) => typeof TCP?.prototype[method] === "function") &&
    found.constants?.SERVER !== undefined &&
    streamBaseState instanceof Int32Array &&
    [found.kReadBytesOrError, found.kLastWriteWasAsync].every((index) => streamBaseState[index ?? -1] !== undefined)
  );
}
