import type { CloseReason } from "./close-reason.ts";
import type { FlowInfo, FlowState } from "./flow-observer.ts";
import type { FlowSocket, SocketOwner } from "./flow-socket.ts";
import type { Member } from "./live-set.ts";
import type { Entry, Forward, TargetRoute } from "./routes.ts";
import type { Source } from "./source.ts";
import type { TargetPorts } from "./source-ports.ts";
import { type Mover, SpliceHalf, type SpliceOwner } from "./splice.ts";

/** What a flow needs of the data plane around it. */
export interface FlowHome {
  /** Milliseconds, on the data plane's clock, refreshed about once a second: reading it costs nothing. */
  readonly coarseNowMs: number;
  /** Undefined where there is none. */
  readonly mover: Mover | undefined;
  /** The same clock, exact. */
  now(): number;
  /** The target has accepted: sends the header and starts the flow. */
  connected(flow: Flow): void;
  /** The source port of a dialing flow turned out to be taken. @returns whether another one is being tried */
  redial(flow: Flow): boolean;
  /** Calls back once, a short time from now. */
  soon(callback: () => void): void;
  /** Both sockets are closed. */
  ended(flow: Flow, reason: CloseReason): void;
}

/**
 * One client connection and the one target connection that belongs to it, from accept to the close of both.
 *
 * It moves from dialing to open to closing. In `closing` the reason is fixed and nothing more is carried; the flow is over when
 * both sockets have closed. A flow that idles out is `expired` first: as on an NLB, neither side is told, and the one that
 * sends next is reset.
 */
export class Flow implements SocketOwner, SpliceOwner, FlowInfo, Member {
  readonly id: number;
  readonly entry: Entry;
  forward!: Forward;
  route!: TargetRoute;
  readonly clientAddress: string;
  readonly clientPort: number;
  chosenSource: Source = "kernel";
  /** The ports that the source port was taken from, unless it is the client's own. */
  ports: TargetPorts | undefined = undefined;
  /** Of the target's connection; 0: the kernel chooses. */
  sourcePort = 0;
  /** How often the source port turned out to be taken. */
  redials = 0;
  readonly openedMs: number;
  connectedMs: number | undefined = undefined;
  closedMs: number | undefined = undefined;
  /** When a byte last moved in either direction, or the state last changed. */
  activeMs: number;
  readonly client: FlowSocket;
  target: FlowSocket | undefined = undefined;
  state: FlowState = "dialing";
  /** Client to target. */
  readonly up: SpliceHalf = new SpliceHalf(this);
  /** Target to client. */
  readonly down: SpliceHalf = new SpliceHalf(this);
  place = -1;
  readonly #home: FlowHome;
  /** Set by the first FIN: the reason, unless something worse happens before the end. */
  #fin: CloseReason | undefined;
  #reason: CloseReason | undefined;
  #openSockets = 1;

  constructor(home: FlowHome, id: number, entry: Entry, client: FlowSocket, clientAddress: string, clientPort: number) {
    this.#home = home;
    this.id = id;
    this.entry = entry;
    this.client = client;
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.up.from(client);
    this.openedMs = home.now();
    this.activeMs = home.coarseNowMs;
  }

  get bytesFromClient(): number {
    return this.up.bytes;
  }

  get bytesFromTarget(): number {
    return this.down.bytes;
  }

  get mover(): Mover | undefined {
    return this.#home.mover;
  }

  get headerBytes(): number {
    return this.up.preambleBytes;
  }

  get source(): { readonly address: string; readonly port: number } | undefined {
    return this.target?.socketName();
  }

  /** The target's socket exists and is connecting. */
  dialing(target: FlowSocket): void {
    this.target = target;
    this.down.from(target);
    this.#openSockets++;
  }

  /** No socket could be had to dial with. */
  dialFailed(errno: string): void {
    const withoutSource = this.chosenSource === "client" ? "source-collision" : "port-allocation";
    this.terminate({ side: "proxy", kind: noSource.has(errno) ? withoutSource : "error", errno });
  }

  /** Resets both ends at once. */
  terminate(reason: CloseReason): void {
    this.#enter("closing", reason);
    reset(this.client);
    if (this.target !== undefined) reset(this.target);
  }

  /** The idle timeout has passed. Neither side is told; the one that sends next is reset. */
  expire(): void {
    this.#enter("expired", { side: "proxy", kind: "timeout" });
  }

  /** At least one side has said FIN. */
  get halfClosed(): boolean {
    return this.up.ended || this.down.ended;
  }

  mayCarry(half: SpliceHalf): boolean {
    this.activeMs = this.#home.coarseNowMs;
    if (this.state === "open" || this.state === "dialing") return true;
    if (this.state === "expired") reset(half === this.up ? this.client : (this.target as FlowSocket));
    return false;
  }

  socketConnected(): void {
    if (this.state !== "dialing") return;
    this.state = "open";
    this.connectedMs = this.#home.now();
    this.#home.connected(this);
  }

  socketEnded(socket: FlowSocket): void {
    if (this.state === "expired") {
      reset(socket);
      return;
    }
    if (this.state === "closing") return;
    this.activeMs = this.#home.coarseNowMs;
    this.#fin ??= { side: this.#sideOf(socket), kind: "fin" };
    (socket === this.client ? this.up : this.down).sourceEnded();
  }

  socketDrained(socket: FlowSocket): void {
    if (this.state === "closing") {
      this.#resetAfterFlush(socket);
      return;
    }
    (socket === this.target ? this.up : this.down).sinkDrained();
  }

  socketFailed(socket: FlowSocket, errno: string | undefined): void {
    if (this.state === "closing" || this.state === "expired") return;
    if (this.state === "dialing" && socket === this.target && errno !== undefined && noSource.has(errno)) {
      if (!this.#home.redial(this)) this.dialFailed(errno);
      return;
    }
    const kind = errno === "ECONNRESET" || errno === "EPIPE" ? "rst" : "error";
    const side = errno !== undefined && ownFaults.has(errno) ? "proxy" : this.#sideOf(socket);
    this.#enter("closing", { side, kind, ...(errno === undefined ? {} : { errno }) });
    const other = socket === this.client ? this.target : this.client;
    // What is still queued goes first: `socketDrained` then passes the reset on, or the sweep if that never comes.
    if (other !== undefined && (other.connecting || other.writableLength === 0)) this.#resetAfterFlush(other);
  }

  socketClosed(_socket: FlowSocket): void {
    this.#openSockets--;
    if (this.#openSockets > 0) return;
    this.state = "closing";
    this.up.close();
    this.down.close();
    this.closedMs = this.#home.now();
    this.#home.ended(this, this.#reason ?? this.#fin ?? { side: "proxy", kind: "error" });
  }

  /**
   * Passes a reset on, after the bytes that came before it. When a socket is reset, the kernel throws away what it has not sent
   * yet, so a peer that is reading is given a moment to take it.
   */
  #resetAfterFlush(socket: FlowSocket): void {
    const carried = (socket === this.client ? this.down : this.up).bytes > 0;
    if (carried) this.#home.soon(() => reset(socket));
    else reset(socket);
  }

  /** The first reason counts. */
  #enter(state: "closing" | "expired", reason: CloseReason): void {
    this.#reason ??= reason;
    this.state = state;
    this.activeMs = this.#home.coarseNowMs;
  }

  #sideOf(socket: FlowSocket): "client" | "target" {
    return socket === this.client ? "client" : "target";
  }
}

/** Errors of bind and connect which mean that the source port, or every source port, is taken. */
const noSource: ReadonlySet<string> = new Set(["EADDRINUSE", "EADDRNOTAVAIL"]);

/** Errors of connect that say nothing about the target: this machine is out of descriptors or memory. */
const ownFaults: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

function reset(socket: FlowSocket): void {
  if (socket.destroyed) return;
  // Node would put a reset off until the connection is established.
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
