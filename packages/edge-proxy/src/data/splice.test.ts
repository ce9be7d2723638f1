import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlowSocket } from "./flow-socket.ts";
import { bulkBuffers } from "./read-buffer.ts";
import { SpliceHalf } from "./splice.ts";

/**
 * A sink whose kernel takes as much of a write as the test says. What it does not take stays in the caller's memory until
 * 'drain', as with a real socket: bytes that are overwritten meanwhile come out wrong.
 */
class Sink {
  readonly #taken: Buffer[] = [];
  ends = 0;
  writable = true;
  takes = Number.POSITIVE_INFINITY;
  #pending: Uint8Array[] = [];

  /** All that has come out, as it was then. */
  get taken(): Buffer {
    return Buffer.concat(this.#taken);
  }

  get writableLength(): number {
    return this.#pending.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  write(bytes: Uint8Array): void {
    expect(this.ends, "a write after the end").toBe(0);
    const now = this.#pending.length > 0 ? 0 : Math.min(this.takes, bytes.length);
    this.#taken.push(Buffer.from(bytes.subarray(0, now)));
    if (now < bytes.length) this.#pending.push(bytes.subarray(now));
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

  resume(): void {
    this.reading = true;
  }
}

const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("read" as const),
      length: fc.constantFrom(1, 100, 16_383, 16_384, 65_535, 65_536, 262_144),
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

describe("one direction of a flow", () => {
  it.each([
    { preamble: undefined, alone: false },
    { preamble: Uint8Array.of(1, 2, 3), alone: false },
    { preamble: Uint8Array.of(1, 2, 3), alone: true },
  ])(
    "delivers a prefix of what came in, in any order of events, behind the preamble $preamble",
    ({ preamble, alone }) => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
          const half = new SpliceHalf({ mayCarry: () => true });
          const source = new Source();
          const sink = new Sink();
          const came: Buffer[] = [];
          let value = 0;
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
            value = (value + 1) & 0xff;
            buffer.fill(value, 0, length);
            came.push(Buffer.alloc(length, value));
            source.reading = half.onRead(length, buffer);
            // One read, and at the start the preamble and the two reads that were held.
            expect(sink.writableLength).toBeLessThanOrEqual(buffer.length + 2 * sharedBytes + (preamble?.length ?? 0));
            // Every other flow reads into the shared buffer in the meantime.
            if (half.nextBuffer() === buffer && sink.writableLength === 0) buffer.fill(0xee);
            new SpliceHalf({ mayCarry: () => true }).nextBuffer().fill(0xdd);
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
    expect(new SpliceHalf({ mayCarry: () => true }).nextBuffer()).toBe(shared);
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

/** A direction that has filled the shared buffer once. */
function bulk(): { half: SpliceHalf; sink: Sink; shared: Uint8Array; own: Uint8Array } {
  const half = new SpliceHalf({ mayCarry: () => true });
  const sink = new Sink();
  half.from(new Source() as unknown as FlowSocket);
  half.to(sink as unknown as FlowSocket);
  const shared = half.nextBuffer();
  half.onRead(shared.length, shared);
  return { half, sink, shared, own: half.nextBuffer() };
}
