import { Buffer } from "node:buffer";
import type { ByteReader, FlowSocket } from "./flow-socket.ts";
import { ReadBuffer } from "./read-buffer.ts";

/** Moves bytes from one socket to another without reading them. */
export interface Mover {
  /**
   * Moves what is waiting, as far as the sink takes it, or so much that others should have their turn.
   * @param sink must have nothing queued
   * @param place gets what has left the source and is still to be written to the sink
   */
  move(source: FlowSocket, sink: FlowSocket, place: Uint8Array): Moved;
}

export interface Moved {
  /** Have left the source. */
  readonly bytes: number;
  /** So many of them are in `place`. */
  readonly rest: number;
  /** The system's name for what is wrong with the source. */
  readonly errno: string | undefined;
}

/** What a direction needs of its flow. */
export interface SpliceOwner {
  /** Undefined where everything has to be read and written. */
  readonly mover: Mover | undefined;
  /** Bytes have come from a side. @returns false when they are to be dropped */
  mayCarry(half: SpliceHalf): boolean;
}

/**
 * One direction of a flow: what is read from one socket is written to the other, and where more is waiting, it is moved. Until
 * the sink is open, two reads are held and then the source is paused. Afterwards the source pauses whenever the kernel does not
 * take a write whole, so that at most one read, or what was moved last, is queued behind what was held.
 */
export class SpliceHalf implements ByteReader {
  /** Read from the source so far. */
  bytes = 0;
  /** Length of the preamble; 0 until it has been written. */
  preambleBytes = 0;
  /** The source has sent FIN. */
  ended = false;
  #source: FlowSocket | undefined;
  #sink: FlowSocket | undefined;
  /** Goes out in one piece with the first payload. */
  #preamble: Uint8Array | undefined;
  #held: Uint8Array | undefined;
  #paused = false;
  readonly #buffer = new ReadBuffer();
  readonly #owner: SpliceOwner;

  constructor(owner: SpliceOwner) {
    this.#owner = owner;
  }

  from(source: FlowSocket): void {
    this.#source = source;
  }

  /**
   * Opens the sink: what was held goes out, after the preamble.
   * @param preambleAlone send the preamble now even if there is no payload yet; otherwise it waits for the first payload
   */
  to(sink: FlowSocket, preamble?: Uint8Array, preambleAlone = false): void {
    this.#sink = sink;
    this.#preamble = preamble;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#write(held);
    else if (preambleAlone && preamble !== undefined) {
      this.#preamble = undefined;
      this.preambleBytes = preamble.length;
      sink.write(preamble);
    }
    if (this.ended) sink.end();
    else if (this.#paused && sink.writableLength === 0) this.#resume();
  }

  nextBuffer(): Uint8Array {
    return this.#buffer.next;
  }

  onRead(length: number, buffer: Uint8Array): boolean {
    if (!this.#owner.mayCarry(this)) return false;
    this.bytes += length;
    const sink = this.#sink;
    if (sink === undefined) return this.#hold(buffer.subarray(0, length));
    this.#write(this.#buffer.take(length, buffer));
    this.#paused = sink.writableLength !== 0;
    if (this.#paused) return false;
    const { mover } = this.#owner;
    this.#buffer.taken(length, buffer, mover === undefined);
    if (mover !== undefined) this.#buffer.probes = length === buffer.length && this.#move(mover, sink);
    return !this.#paused;
  }

  /** Passes the source's FIN on, after its last byte. */
  sourceEnded(): void {
    this.ended = true;
    if (!this.#paused) this.#buffer.release();
    this.#sink?.end();
  }

  /** The kernel has taken all that was written to the sink. */
  sinkDrained(): void {
    if (!this.#paused) return;
    this.#buffer.settled();
    this.#resume();
  }

  /** Both sockets are closed. */
  close(): void {
    this.#buffer.release();
  }

  /** After a read that was as long as it could be, more is likely to be waiting. @returns whether it was */
  #move(mover: Mover, sink: FlowSocket): boolean {
    const source = this.#source;
    const place = this.#buffer.borrow();
    if (source === undefined || place === undefined) return false;
    const { bytes, rest, errno } = mover.move(source, sink, place);
    this.bytes += bytes;
    if (rest > 0) sink.write(place.subarray(0, rest));
    this.#paused = sink.writableLength !== 0;
    if (!this.#paused) this.#buffer.settled();
    if (errno !== undefined) source.fail(errno);
    return bytes > 0;
  }

  #write(bytes: Uint8Array): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    if (this.#preamble === undefined) {
      sink.write(bytes);
    } else {
      sink.write(Buffer.concat([this.#preamble, bytes]));
      this.preambleBytes = this.#preamble.length;
      this.#preamble = undefined;
    }
  }

  /** The first read does not pause the source: that and resuming cost two system calls, and most clients send once and wait. */
  #hold(bytes: Uint8Array): boolean {
    this.#paused = this.#held !== undefined;
    this.#held = Buffer.concat(this.#held === undefined ? [bytes] : [this.#held, bytes]);
    return !this.#paused;
  }

  #resume(): void {
    this.#paused = false;
    this.#source?.resume();
  }
}
