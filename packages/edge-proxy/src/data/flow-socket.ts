import type net from "node:net";
import type { BindOptions, BoundSockets } from "./bound-sockets.ts";

/** Receives what a socket reads. */
export interface ByteReader {
  /** Takes `length` bytes from the start of `buffer`, which is reused after the call. False stops reading until `resume()`. */
  onRead(length: number, buffer: Uint8Array): boolean;
  /** The buffer for the next read. */
  nextBuffer(): Uint8Array;
}

/** Is told what else happens to a socket. */
export interface SocketOwner {
  socketConnected(socket: FlowSocket): void;
  /** The peer's FIN, after its last byte. */
  socketEnded(socket: FlowSocket): void;
  /** Everything written has gone to the kernel. */
  socketDrained(socket: FlowSocket): void;
  /** Something went wrong; `socketClosed` follows. @param errno the system's name for it, such as `ECONNRESET` */
  socketFailed(socket: FlowSocket, errno: string | undefined): void;
  socketClosed(socket: FlowSocket): void;
}

export interface SocketName {
  readonly address: string;
  readonly port: number;
}

/**
 * One end of a flow: as much of a TCP socket as a proxy needs. Either side may go on sending after the other's FIN; when both
 * have said FIN the socket closes by itself. An owner is never called back from within a call that it makes itself.
 */
export interface FlowSocket {
  /** The other side has not accepted yet. */
  readonly connecting: boolean;
  readonly destroyed: boolean;
  /** The descriptor of an open connection, for system calls that Node does not make; -1 where it is out of reach. */
  readonly descriptor: number;
  /** Bytes that the kernel has not taken yet; `socketDrained` follows when it has. */
  readonly writableLength: number;
  /** The other end's address; undefined when the connection is gone. Costs a system call. */
  peerName(): SocketName | undefined;
  /** This end's address, likewise. */
  socketName(): SocketName | undefined;
  /** Starts an accepted connection: reads it, and tells the owner what happens to it. */
  start(reader: ByteReader, owner: SocketOwner): void;
  /** The bytes must not change until the kernel has taken them. */
  write(bytes: Uint8Array): void;
  /** Sends FIN after the last byte. Later writes are ignored. */
  end(): void;
  /** Reads again after the reader has stopped reading. */
  resume(): void;
  /** Such a system call has met an error of the connection. @param errno as in `socketFailed`, which follows */
  fail(errno: string): void;
  /** Closes at once. Bytes that the kernel has not taken are lost. */
  destroy(): void;
  /** The same, with a reset. */
  resetAndDestroy(): void;
  /** Gives up a connection that has not been started, for `Sockets.adopt` in another process. Ends the use of this socket. */
  giveAway?(): object;
}

/** Where to connect to, and from where. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** The address to bind before connecting. */
  readonly localAddress?: string;
  /** 0 or undefined: the kernel chooses. */
  readonly localPort?: number;
  /** A descriptor that is bound already; the socket takes ownership of it. */
  readonly fd?: number;
}

/** A way to make sockets. */
export interface Sockets {
  /**
   * Binds sockets to listen with. Where this is missing, Node makes one by itself.
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
   */
  bind?(options: BindOptions): BoundSockets;
  /** Calls back for each connection that a listening server accepts, with a socket that has not been started. */
  accept(server: net.Server, onConnection: (client: FlowSocket) => void): void;
  /** The socket, not started yet, of a connection that another process has given up. */
  adopt(connection: object): FlowSocket;
  /** Starts to connect. Every failure, immediate ones included, comes as `socketFailed`. */
  connect(destination: Destination, reader: ByteReader, owner: SocketOwner): FlowSocket;
}
