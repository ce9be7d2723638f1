import type net from "node:net";
import type { BindOptions, BoundSockets } from "./bound-sockets.ts";

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
  /** @param errno the system's name for what went wrong; 'closed' follows */
  socketFailed(socket: FlowSocket, errno: string | undefined): void;
  socketClosed(socket: FlowSocket): void;
}

export interface SocketName {
  readonly address: string;
  readonly port: number;
}

/**
 * One end of a flow: as much of a TCP socket as a proxy needs. Either side may go on sending after the other's FIN; when both
 * have said FIN the socket closes by itself. Its owner is told of nothing before the call that caused it has returned.
 */
export interface FlowSocket {
  /** Waiting for the other side to accept. */
  readonly connecting: boolean;
  readonly destroyed: boolean;
  /** Above 0 as long as the kernel has not taken all that was written; 'drained' follows. */
  readonly writableLength: number;
  /** The other side, or undefined when the connection is gone. Asking costs a system call. */
  peerName(): SocketName | undefined;
  /** This side, likewise. */
  socketName(): SocketName | undefined;
  /** Begins to read an accepted connection, and to tell what happens to it. */
  start(reader: ByteReader, owner: SocketOwner): void;
  /** The bytes have to stay as they are until they have been taken. */
  write(bytes: Uint8Array): void;
  /** Says FIN behind the last byte. Later writes are ignored. */
  end(): void;
  /** Reads again after the reader has stopped it. */
  resume(): void;
  /** Closes at once; what was not taken yet is lost. */
  destroy(): void;
  /** The same with a reset. */
  resetAndDestroy(): void;
  /** Gives away a connection that has not been started, for `Sockets.adopt` in another process; this socket is over then. */
  giveAway?(): object;
}

/** Where to connect to, and from where. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** To be bound first. */
  readonly localAddress?: string;
  /** 0 and undefined leave it to the kernel. */
  readonly localPort?: number;
  /** A descriptor that is bound already; it then belongs to the socket. */
  readonly fd?: number;
}

/** A way to make sockets. */
export interface Sockets {
  /**
   * Binds sockets to listen with; without it Node makes one.
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
   */
  bind?(options: BindOptions): BoundSockets;
  /** Calls back for each connection that a listening server accepts, with a socket that is still to be started. */
  accept(server: net.Server, onConnection: (client: FlowSocket) => void): void;
  /** The socket of a connection that another process has given away; it is still to be started. */
  adopt(connection: object): FlowSocket;
  /** A socket that is connecting. Whatever is in the way comes as 'failed'. */
  connect(destination: Destination, reader: ByteReader, owner: SocketOwner): FlowSocket;
}
