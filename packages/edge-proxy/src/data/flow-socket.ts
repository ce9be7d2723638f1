import net from "node:net";

/** Where a socket's bytes go. */
export interface ByteReader {
  /** Takes `length` bytes at the start of `buffer`, which is reused afterwards. False stops reading until `resume()`. */
  onRead(length: number, buffer: Uint8Array): boolean;
  /** The buffer for the next read. */
  nextBuffer(): Uint8Array;
}

/** Who hears what else happens to a socket. */
export interface SocketOwner {
  socketConnected(socket: FlowSocket): void;
  /** The peer's FIN, after its last byte. */
  socketEnded(socket: FlowSocket): void;
  /** Everything written has gone to the kernel. */
  socketDrained(socket: FlowSocket): void;
  socketFailed(socket: FlowSocket, error: NodeJS.ErrnoException): void;
  socketClosed(socket: FlowSocket): void;
}

/** One end of a flow. It knows its owner, so that its listeners need no closures. */
export type FlowSocket = net.Socket & { owner: SocketOwner };

/** A socket that is still to connect. */
export function newSocket(reader: ByteReader, owner: SocketOwner): FlowSocket {
  const socket = ownedBy(new net.Socket(optionsFor(reader)), owner);
  socket.on("connect", onConnect);
  return socket;
}

/** The same around a descriptor that is bound already. */
export function socketOn(fd: number, reader: ByteReader, owner: SocketOwner): FlowSocket {
  // Reading before it is connected would be an error.
  const options = { ...optionsFor(reader), fd, readable: true, writable: true, manualStart: true };
  const socket = ownedBy(new net.Socket(options), owner);
  socket.on("connect", onConnect);
  return socket;
}

/** A socket around an accepted handle of Node's: not public API, see `accept.ts`. */
export function socketAround(handle: unknown, reader: ByteReader, owner: SocketOwner): FlowSocket {
  const options = { ...optionsFor(reader), handle } as net.SocketConstructorOpts;
  return ownedBy(new net.Socket(options), owner);
}

/** A socket that `net.Server` made, which hands out a buffer of its own for each read. */
export function plainSocket(socket: net.Socket, reader: ByteReader, owner: SocketOwner): FlowSocket {
  const owned = ownedBy(socket, owner);
  owned.on("data", (chunk: Buffer) => {
    if (!reader.onRead(chunk.length, chunk)) owned.pause();
  });
  return owned;
}

function optionsFor(reader: ByteReader): net.SocketConstructorOpts {
  return {
    allowHalfOpen: true,
    // Any write that the kernel does not take whole is then followed by 'drain', which is what resumes the other side.
    writableHighWaterMark: 1,
    onread: {
      buffer: () => reader.nextBuffer(),
      callback: (length: number, buffer: Uint8Array) => reader.onRead(length, buffer),
    },
  } as net.SocketConstructorOpts;
}

function ownedBy(socket: net.Socket, owner: SocketOwner): FlowSocket {
  const owned = Object.assign(socket, { owner });
  owned.on("end", onEnd).on("drain", onDrain).on("error", onError).on("close", onClose);
  return owned;
}

function onConnect(this: FlowSocket): void {
  this.owner.socketConnected(this);
}

function onEnd(this: FlowSocket): void {
  this.owner.socketEnded(this);
}

function onDrain(this: FlowSocket): void {
  this.owner.socketDrained(this);
}

function onError(this: FlowSocket, error: NodeJS.ErrnoException): void {
  this.owner.socketFailed(this, error);
}

function onClose(this: FlowSocket): void {
  this.owner.socketClosed(this);
}
