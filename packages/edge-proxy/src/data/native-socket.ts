import { readSync } from "node:fs";
import type net from "node:net";
import { getSystemErrorName } from "node:util";
import { bindSockets } from "./bound-sockets.ts";
import type { ByteReader, Destination, FlowSocket, SocketName, SocketOwner, Sockets } from "./flow-socket.ts";
import {
  type HandleOwner,
  type ListeningHandle,
  loadNodeTcp,
  type NodeTcp,
  type TcpHandle,
  UV_EOF,
  type WriteRequest,
} from "./node-tcp.ts";

/*
 * A `net.Socket` is a stream, an event emitter and a good deal of state: two of them are half of what a short connection costs
 * a proxy written in JavaScript, and two thirds of the memory that an idle one holds. A proxy needs none of that, so these
 * sockets work directly on the handles that `node:net` uses. `net-socket.ts` has the same behaviour through the public API.
 */

const nodeTcp = loadNodeTcp();
const {
  TCP,
  constants,
  TCPConnectWrap,
  ShutdownWrap,
  WriteWrap,
  streamBaseState,
  kReadBytesOrError,
  kLastWriteWasAsync,
} =
  // Where they are missing, `nativeSockets` is undefined and none of them is used.
  nodeTcp ?? ({} as NodeTcp);

/** Sockets without `net.Socket`, or undefined where this version of Node does not have what they need. */
export const nativeSockets: Sockets | undefined = nodeTcp && {
  bind: (options) => bindSockets(nodeTcp, options),
  accept,
  adopt,
  connect,
};

function accept(server: net.Server, onConnection: (client: FlowSocket) => void): void {
  const handle = (server as unknown as { _handle: ListeningHandle })._handle;
  const wrapAndEmit = handle.onconnection;
  if (wrapAndEmit === undefined) throw new TypeError("the server has no onconnection");
  // On Linux every accepted connection inherits it, which saves a system call each.
  const handedOn = process.platform === "linux" && handle.setNoDelay(true) === 0;
  handle.onconnection = function onconnection(status, accepted) {
    // An accept that failed: the server turns it into its 'error' event.
    if (status !== 0) return wrapAndEmit.call(this, status, accepted);
    if (!handedOn) accepted.setNoDelay(true);
    onConnection(new NativeSocket(accepted));
  };
}

function adopt(connection: object): FlowSocket {
  return new NativeSocket(connection as TcpHandle);
}

function connect(destination: Destination, reader: ByteReader, owner: SocketOwner): FlowSocket {
  const socket = new NativeSocket(new TCP(constants.SOCKET));
  socket.connect(destination, reader, owner);
  return socket;
}

class NativeSocket implements FlowSocket, HandleOwner {
  connecting = false;
  destroyed = false;
  writableLength = 0;
  readonly #handle: TcpHandle;
  #reader: ByteReader | undefined = undefined;
  #owner: SocketOwner | undefined = undefined;
  /** Where the next read goes. */
  #buffer: Uint8Array | undefined = undefined;
  #reading = false;
  /** The peer has sent FIN. */
  #readableEnded = false;
  /** No more writes. */
  #writableEnded = false;
  /** Our own FIN has been sent. */
  #writableFinished = false;

  constructor(handle: TcpHandle) {
    this.#handle = handle;
    handle.socket = this;
  }

  get descriptor(): number {
    return this.destroyed || this.connecting ? -1 : this.#handle.fd;
  }

  peerName(): SocketName | undefined {
    return this.#handle.getpeername(name) === 0 ? { address: name.address, port: name.port } : undefined;
  }

  socketName(): SocketName | undefined {
    return this.#handle.getsockname(name) === 0 ? { address: name.address, port: name.port } : undefined;
  }

  start(reader: ByteReader, owner: SocketOwner): void {
    this.#belongTo(reader, owner);
    this.resume();
  }

  connect(destination: Destination, reader: ByteReader, owner: SocketOwner): void {
    this.connecting = true;
    this.#belongTo(reader, owner);
    const status = this.#bind(destination) || this.#connect(destination);
    if (status !== 0) return this.#failWith(status);
    // Asking for reads now saves a system call later. Where the connect is going to fail it is too early, and refused.
    this.#reading = this.#handle.readStart() === 0;
  }

  write(bytes: Uint8Array): void {
    if (this.#writableEnded) return;
    const request = spareWrite ?? newWrite();
    spareWrite = undefined;
    const status = this.#handle.writeBuffer(request, bytes);
    if (status !== 0) return this.#failWith(status);
    if (streamBaseState[kLastWriteWasAsync] === 0) {
      spareWrite = request;
      return;
    }
    request.bytes = bytes;
    this.writableLength += bytes.length;
  }

  end(): void {
    if (this.#writableEnded) return;
    this.#writableEnded = true;
    // libuv would wait for the queued bytes itself, but could not reset the connection meanwhile.
    if (this.writableLength === 0) this.#shutdown();
  }

  resume(): void {
    if (this.#reading || this.#readableEnded || this.destroyed) return;
    this.#reading = true;
    const status = this.#handle.readStart();
    if (status !== 0) this.#failWith(status);
  }

  fail(errno: string): void {
    // Where the error is this machine's own, such as ENOMEM, the connection is alive: closing would say FIN behind lost bytes.
    if (this.connecting) this.destroy();
    else this.resetAndDestroy();
    // Not from within the call that failed: an owner is never called back inside its own call.
    process.nextTick(() => this.#owner?.socketFailed(this, errno));
  }

  destroy(): void {
    if (this.destroyed) return;
    this.#destroyed();
    this.#handle.close();
  }

  resetAndDestroy(): void {
    if (this.destroyed) return;
    // libuv refuses to reset while a FIN is under way (EINVAL), and Node then does not close the handle any more.
    const isEnding = this.#writableEnded && !this.#writableFinished && this.writableLength === 0;
    this.#destroyed();
    if (isEnding) this.#handle.close();
    else this.#handle.reset();
  }

  giveAway(): object {
    this.#destroyed();
    return this.#handle;
  }

  read(lengthOrError: number): Uint8Array | undefined {
    if (lengthOrError > 0) return this.#received(lengthOrError);
    if (lengthOrError === UV_EOF) this.#ended();
    else if (lengthOrError < 0) this.#failWith(lengthOrError);
    return undefined;
  }

  connected(status: number): void {
    if (this.destroyed) return;
    if (status !== 0) return this.#failWith(status);
    this.connecting = false;
    this.resume();
    this.#owner?.socketConnected(this);
  }

  written(length: number, status: number): void {
    if (this.destroyed) return;
    if (status !== 0) return this.#failWith(status);
    this.writableLength -= length;
    if (this.writableLength > 0) return;
    if (this.#writableEnded) this.#shutdown();
    this.#owner?.socketDrained(this);
  }

  finished(): void {
    this.#writableFinished = true;
  }

  closed(): void {
    this.#owner?.socketClosed(this);
  }

  #belongTo(reader: ByteReader, owner: SocketOwner): void {
    this.#reader = reader;
    this.#owner = owner;
    this.#buffer = reader.nextBuffer();
    this.#handle.onread = onread;
    this.#handle.useUserBuffer(this.#buffer);
  }

  #bind({ family, fd, localAddress, localPort = 0 }: Destination): number {
    if (fd !== undefined) return this.#handle.open(fd);
    if (localAddress === undefined && localPort === 0) return 0;
    return family === 4
      ? this.#handle.bind(localAddress ?? "0.0.0.0", localPort)
      : this.#handle.bind6(localAddress ?? "::", localPort, 0);
  }

  #connect({ address, port, family }: Destination): number {
    this.#handle.setNoDelay(true);
    const request = new TCPConnectWrap();
    request.oncomplete = afterConnect;
    return family === 4 ? this.#handle.connect(request, address, port) : this.#handle.connect6(request, address, port);
  }

  #received(length: number): Uint8Array | undefined {
    const reader = this.#reader as ByteReader;
    lastToReceive = this;
    const more = reader.onRead(length, this.#buffer as Uint8Array);
    if (this.destroyed) return undefined;
    if (!more) this.#stopReading();
    else if (length === this.#buffer?.length) this.#rest();
    const next = reader.nextBuffer();
    if (next === this.#buffer) return undefined;
    this.#buffer = next;
    return next;
  }

  #stopReading(): void {
    this.#reading = false;
    this.#handle.readStop();
  }

  /** Lets others have their turns: after a read that filled its buffer libuv would go on with this socket, 32 times. */
  #rest(): void {
    this.#stopReading();
    if (resting.push(this) === 1) setImmediate(resumeResting);
  }

  #ended(): void {
    // libuv also reports the end when it has just read bytes and finds a reset behind them.
    const errno = lastToReceive === this ? this.#errorAtEnd() : undefined;
    if (errno !== undefined) return this.fail(errno);
    this.#readableEnded = true;
    this.#owner?.socketEnded(this);
    // Closing sends FIN too, if a shutdown has not done so.
    if (this.#writableEnded && this.writableLength === 0) this.destroy();
  }

  /** Undefined after a mere FIN: then the connection still has a peer, or if both sides have said FIN, a read finds the end. */
  #errorAtEnd(): string | undefined {
    if (!this.#writableEnded) return this.#handle.getpeername(name) === 0 ? undefined : "ECONNRESET";
    try {
      readSync(this.#handle.fd, oneByte);
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  }

  #shutdown(): void {
    // Closing sends FIN too, and saves a system call.
    if (this.#readableEnded) return this.destroy();
    const request = new ShutdownWrap();
    request.oncomplete = afterShutdown;
    // It fails where the connection is gone, which the next read will report.
    if (this.#handle.shutdown(request) !== 0) this.finished();
  }

  #failWith(status: number): void {
    this.fail(getSystemErrorName(status));
  }

  #destroyed(): void {
    this.destroyed = true;
    this.#writableEnded = true;
    if (justClosed.push(this) === 1) setImmediate(tellClosed);
  }
}

/** Reused for every answer of getpeername and getsockname. */
const name = { address: "", family: "", port: 0 };

const oneByte = new Uint8Array(1);

/** The socket that the last bytes came from. */
let lastToReceive: NativeSocket | undefined;

let justClosed: NativeSocket[] = [];

let resting: NativeSocket[] = [];

/** A request that is free again, because the kernel took its bytes at once. */
let spareWrite: WriteRequest | undefined;

function newWrite(): WriteRequest {
  const request = new WriteWrap();
  request.oncomplete = afterWrite;
  return request;
}

function onread(this: TcpHandle): Uint8Array | undefined {
  return this.socket.read(streamBaseState[kReadBytesOrError] as number);
}

function afterConnect(this: unknown, status: number, { socket }: TcpHandle): void {
  socket.connected(status);
}

function afterWrite(this: WriteRequest, status: number, { socket }: TcpHandle): void {
  socket.written(this.bytes.length, status);
}

function afterShutdown(this: unknown, _status: number, { socket }: TcpHandle): void {
  socket.finished();
}

/** Tells the owners of all sockets closed in this turn of the event loop at once: a libuv callback for each would cost more. */
function tellClosed(): void {
  const closed = justClosed;
  justClosed = [];
  for (const socket of closed) socket.closed();
}

function resumeResting(): void {
  const rested = resting;
  resting = [];
  for (const socket of rested) socket.resume();
}
