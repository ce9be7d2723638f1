import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlowSocket } from "./flow-socket.ts";
import { bulkBuffers } from "./read-buffer.ts";
import { type Moved, type Mover, SpliceHalf, type SpliceOwner } from "./splice.ts";

/**
 * A sink whose kernel takes as much of a write as the test says. What it does not take stays in the caller's memory until
 * 'drain', as with a real socket: bytes that are overwritten meanwhile come out wrong.
 */
class Sink {
  readonly #taken: Buffer[] = [];
  ends = 0;
  writable = true;
  /** Of each write, and more of the next one. */
  takes = Number.POSITIVE_INFINITY;
  takesOnce = 0;
  #pending: Uint8Array[] = [];

  /** All that has come out, as it was then. */
  get taken(): Buffer {
    return Buffer.concat(this.#taken);
  }

  get writableLength(): number {
    return this.#pending.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  write(bytes: Uint8Array): void {
    const now = this.take(bytes);
    if (now < bytes.length) this.#pending.push(bytes.subarray(now));
  }

  /** What the kernel takes at once. @returns how much that is */
  take(bytes: Uint8Array): number {
    expect(this.ends, "bytes after the end").toBe(0);
    const now = this.#pending.length > 0 ? 0 : Math.min(Math.max(this.takes, this.takesOnce), bytes.length);
    this.takesOnce = 0;
    this.#taken.push(Buffer.from(bytes.subarray(0, now)));
    return now;
  }

  end(): void {
    this.ends++;
  }

  drain(): void {
    for (const bytes of this.#pending) this.#taken.push(Buffer.from(bytes));
    this.#pending = [];
  }
}

class Source {
  reading = true;
  failure: string | undefined;

  resume(): void {
    this.reading = true;
  }

  fail(errno: string): void {
    this.failure = errno;
  }
}

/** Moves what the test says is waiting, as far as the sink takes it. */
class FakeMover implements Mover {
  waiting = 0;
  errno: string | undefined;
  readonly moved: (length: number) => Buffer;

  constructor(moved: (length: number) => Buffer) {
    this.moved = moved;
  }

  move(_source: FlowSocket, to: FlowSocket, place: Uint8Array): Moved {
    const sink = to as unknown as Sink;
    expect(sink.writableLength, "queued behind which bytes would be moved").toBe(0);
    const bytes = this.moved(Math.min(this.waiting, place.length));
    this.waiting -= bytes.length;
    const taken = sink.take(bytes);
    place.set(bytes.subarray(taken));
    return { bytes: bytes.length, rest: bytes.length - taken, errno: this.errno };
  }
}

const reading: SpliceOwner = { mayCarry: () => true, mover: undefined };

const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("read" as const),
      length: fc.constantFrom(1, 100, 16_383, 16_384, 65_535, 65_536, 262_144),
      waiting: fc.constantFrom(0, 1, 100_000, 300_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("drain" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("kernel" as const),
      takes: fc.constantFrom(0, 10, 40_000, Number.POSITIVE_INFINITY),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("connect" as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("end" as const) }) },
);

/** As much as a first read may be. */
const sharedBytes = 65_536;
/** As much as a read may be that only finds out whether something is to be moved. */
const probeBytes = 16_384;
/** As much as is moved, or a later read may be. */
const bulkBytes = 262_144;

describe("one direction of a flow", () => {
  it.each([
    { preamble: undefined, alone: false, moves: false },
    { preamble: Uint8Array.of(1, 2, 3), alone: false, moves: false },
    { preamble: Uint8Array.of(1, 2, 3), alone: true, moves: false },
    { preamble: undefined, alone: false, moves: true },
    { preamble: Uint8Array.of(1, 2, 3), alone: false, moves: true },
  ])(
    "delivers a prefix of what came in, in any order of events, behind the preamble $preamble, moving bytes: $moves",
    ({ preamble, alone, moves }) => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
          const came: Buffer[] = [];
          const comes = (length: number): Buffer => {
            const bytes = Buffer.alloc(length, came.length % 251);
            came.push(bytes);
            return bytes;
          };
          const mover = new FakeMover(comes);
          const half = new SpliceHalf(moves ? { ...reading, mover } : reading);
          const source = new Source();
          const sink = new Sink();
          let connected = false;
          let ended = false;
          const connect = (): void => {
            if (connected) return;
            connected = true;
            half.to(sink as unknown as FlowSocket, preamble, alone);
          };
          const end = (): void => {
            // A socket that is not read does not see its FIN either.
            if (ended || !source.reading) return;
            ended = true;
            half.sourceEnded();
          };
          const drain = (): void => {
            if (sink.writableLength === 0) return;
            sink.drain();
            half.sinkDrained();
          };
          half.from(source as unknown as FlowSocket);
          for (const step of operations) {
            if (step.op === "kernel") sink.takes = step.takes;
            if (step.op === "connect") connect();
            if (step.op === "end") end();
            if (step.op === "drain") drain();
            if (step.op !== "read" || !source.reading || ended) continue;
            const buffer = half.nextBuffer();
            const length = Math.min(step.length, buffer.length);
            buffer.set(comes(length));
            mover.waiting = step.waiting;
            source.reading = half.onRead(length, buffer);
            // One read or what was moved, and at the start the preamble and the two reads that were held.
            const most = moves ? bulkBytes : buffer.length;
            expect(sink.writableLength).toBeLessThanOrEqual(most + 2 * sharedBytes + (preamble?.length ?? 0));
            // Every other flow reads into the shared buffer in the meantime.
            if (half.nextBuffer() === buffer && sink.writableLength === 0) buffer.fill(0xee);
            new SpliceHalf(reading).nextBuffer().fill(0xdd);
          }
          // Then the peers do what they can.
          sink.takes = Number.POSITIVE_INFINITY;
          connect();
          drain();
          expect(source.reading).toBe(true);
          end();
          drain();

          const sent = Buffer.concat(preamble !== undefined && (alone || came.length > 0) ? [preamble, ...came] : came);
          expect(sink.taken.equals(sent)).toBe(true);
          expect(sink.ends).toBe(1);
          expect(half.bytes).toBe(Buffer.concat(came).length);
          expect(bulkBuffers.lent).toBe(0);
        }),
        { numRuns: 150 },
      );
    },
  );

  it("owns no buffer before it has filled the shared one, and gives it back when reads are small again", () => {
    const { half, shared, own } = bulk();
    expect(new SpliceHalf(reading).nextBuffer()).toBe(shared);
    half.onRead(own.length, own);
    expect(half.nextBuffer()).toBe(own);
    half.onRead(100, own);
    expect(half.nextBuffer()).toBe(shared);
    expect(bulkBuffers.lent).toBe(0);
  });

  it("lends the buffer to nobody else while the kernel has not taken what is in it", () => {
    const { half, sink, own } = bulk();
    sink.takes = 10;
    half.onRead(100, own);
    const other = bulk();
    expect(other.own).not.toBe(own);
    expect(bulkBuffers.lent).toBe(2);
    sink.drain();
    half.sinkDrained();
    expect(bulkBuffers.lent).toBe(1);
    other.half.sourceEnded();
    expect(bulkBuffers.lent).toBe(0);
  });

  it("gives the buffer back at the end although the sink never took what was in it", () => {
    const { half, sink, own } = bulk();
    sink.takes = 10;
    half.onRead(own.length, own);
    expect(bulkBuffers.lent).toBe(1);
    half.close();
    expect(bulkBuffers.lent).toBe(0);
  });

  it("goes on with the shared buffer while all others are lent", () => {
    const lent: Uint8Array[] = [];
    for (let buffer = bulkBuffers.lend(); buffer !== undefined; buffer = bulkBuffers.lend()) lent.push(buffer);
    const { shared, own } = bulk();
    expect(own).toBe(shared);
    for (const buffer of lent) bulkBuffers.takeBack(buffer);
  });
});

describe("a direction whose bytes the kernel moves", () => {
  it("owns a buffer only while the sink has not taken what was moved", () => {
    const { half, sink, mover, fill } = moving();
    mover.waiting = 1_000;
    expect(fill()).toBe(true);
    expect(bulkBuffers.lent).toBe(0);
    mover.waiting = 1_000;
    sink.takes = 0;
    // The read itself has to be taken, or nothing would be moved.
    sink.takesOnce = sharedBytes;
    expect(fill()).toBe(false);
    expect([bulkBuffers.lent, sink.writableLength]).toEqual([1, 1_000]);
    sink.drain();
    half.sinkDrained();
    expect(bulkBuffers.lent).toBe(0);
    expect(half.bytes).toBe(sharedBytes + probeBytes + 2_000);
  });

  it("reads little as long as there is something to move, and much again when there is not", () => {
    const { half, mover, fill } = moving();
    const lengths = [half.nextBuffer().length];
    for (const waiting of [1_000, 1, 0]) {
      mover.waiting = waiting;
      fill();
      lengths.push(half.nextBuffer().length);
    }
    mover.waiting = 1;
    fill();
    half.onRead(probeBytes - 1, half.nextBuffer());
    lengths.push(half.nextBuffer().length);
    expect(lengths).toEqual([sharedBytes, probeBytes, probeBytes, sharedBytes, sharedBytes]);
  });

  it("moves nothing behind a read that the sink has not taken", () => {
    const { sink, mover, fill } = moving();
    mover.waiting = 1_000;
    sink.takes = 10;
    expect(fill()).toBe(false);
    expect(mover.waiting).toBe(1_000);
  });

  it("reads what it could have moved while all buffers are lent", () => {
    const { mover, fill } = moving();
    const lent: Uint8Array[] = [];
    for (let buffer = bulkBuffers.lend(); buffer !== undefined; buffer = bulkBuffers.lend()) lent.push(buffer);
    mover.waiting = 1_000;
    expect(fill()).toBe(true);
    expect(mover.waiting).toBe(1_000);
    for (const buffer of lent) bulkBuffers.takeBack(buffer);
  });

  it("tells the source of the error that was met, behind the bytes before it", () => {
    const { source, sink, mover, fill } = moving();
    mover.waiting = 5;
    mover.errno = "ECONNRESET";
    fill();
    expect([source.failure, sink.taken.length]).toEqual(["ECONNRESET", sharedBytes + 5]);
  });
});

/** Such a direction, and a read that is as long as it can be. */
function moving(): { half: SpliceHalf; source: Source; sink: Sink; mover: FakeMover; fill(): boolean } {
  const mover = new FakeMover((length) => Buffer.alloc(length));
  const half = new SpliceHalf({ ...reading, mover });
  const source = new Source();
  const sink = new Sink();
  half.from(source as unknown as FlowSocket);
  half.to(sink as unknown as FlowSocket);
  return { half, source, sink, mover, fill: () => half.onRead(half.nextBuffer().length, half.nextBuffer()) };
}

/** A direction that has filled the shared buffer once. */
function bulk(): { half: SpliceHalf; sink: Sink; shared: Uint8Array; own: Uint8Array } {
  const half = new SpliceHalf(reading);
  const sink = new Sink();
  half.from(new Source() as unknown as FlowSocket);
  half.to(sink as unknown as FlowSocket);
  const shared = half.nextBuffer();
  half.onRead(shared.length, shared);
  return { half, sink, shared, own: half.nextBuffer() };
}
