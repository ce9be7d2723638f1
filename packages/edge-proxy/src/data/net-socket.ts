import net from "node:net";
import type { ByteReader, FlowSocket, SocketName, SocketOwner, Sockets } from "./flow-socket.ts";

/** Sockets on Node's public API. */
export const netSockets: Sockets = {
  accept(server, onConnection) {
    server.on("connection", (socket) => onConnection(new NetSocket(socket)));
  },

  adopt(connection) {
    const options = { handle: connection, allowHalfOpen: true, highWaterMark: 1 } as net.SocketConstructorOpts;
    return new NetSocket(new net.Socket(options));
  },

  connect({ address, port, family, fd, localAddress, localPort }, reader, owner) {
    const onread = {
      buffer: () => reader.nextBuffer(),
      callback: (length: number, buffer: Uint8Array) => reader.onRead(length, buffer),
    };
    const options = { allowHalfOpen: true, writableHighWaterMark: 1, onread } as net.SocketConstructorOpts;
    // Without `manualStart` it would read before it is connected, which is an error.
    const bound = fd === undefined ? {} : { fd, readable: true, writable: true, manualStart: true };
    const socket = new net.Socket({ ...options, ...bound });
    const target = new NetSocket(socket, owner);
    socket.setNoDelay(true);
    const local = { ...(localAddress && { localAddress }), ...(localPort && { localPort }) };
    socket.connect({ host: address, port, family, autoSelectFamily: false, ...local });
    return target;
  },
};

class NetSocket implements FlowSocket {
  /** Not in the public API. */
  readonly descriptor = -1;
  readonly #socket: net.Socket;
  #owner: SocketOwner | undefined;

  constructor(socket: net.Socket, owner?: SocketOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on("connect", () => this.#owner?.socketConnected(this));
    socket.on("end", () => this.#owner?.socketEnded(this));
    socket.on("drain", () => this.#owner?.socketDrained(this));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => this.#owner?.socketFailed(this, code));
    socket.on("close", () => this.#owner?.socketClosed(this));
  }

  get connecting(): boolean {
    return this.#socket.connecting;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  get writableLength(): number {
    return this.#socket.writableLength;
  }

  peerName(): SocketName | undefined {
    const { remoteAddress: address, remotePort: port } = this.#socket;
    return address === undefined || port === undefined ? undefined : { address, port };
  }

  socketName(): SocketName | undefined {
    const { localAddress: address, localPort: port } = this.#socket;
    return address === undefined || port === undefined ? undefined : { address, port };
  }

  /** `net.Server` has no `onread`: each read comes in a buffer of its own. */
  start(reader: ByteReader, owner: SocketOwner): void {
    this.#owner = owner;
    this.#socket.on("data", (chunk: Buffer) => {
      if (!reader.onRead(chunk.length, chunk)) this.#socket.pause();
    });
  }

  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  resume(): void {
    this.#socket.resume();
  }

  fail(errno: string): void {
    this.#socket.destroy(Object.assign(new Error(errno), { code: errno }));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  resetAndDestroy(): void {
    const { writableEnded, writableFinished, writableLength } = this.#socket;
    // libuv refuses to reset while a FIN is under way (EINVAL), and Node then never emits 'close'.
    if (writableEnded && !writableFinished && writableLength === 0) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}
