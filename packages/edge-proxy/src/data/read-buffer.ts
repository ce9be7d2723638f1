import { BufferPool } from "./buffer-pool.ts";

/** The most that one read takes while a direction has no buffer of its own. */
const sharedBytes = 64 * 1024;

/**
 * Buffers of single directions. In pieces of 256 KiB a GiB costs a third less CPU time than in pieces of 64 KiB. Their number bounds
 * the memory that readers hold who have stopped reading. Those that come back are kept because a new one has to be zeroed, and
 * because V8 collects everything when much garbage is outside its heap.
 */
export const bulkBuffers: BufferPool = new BufferPool({ bytes: 256 * 1024, mostLent: 128, mostKept: 16 });

/** A direction whose read is shorter than this gives its own buffer back. */
const bulkMinimumBytes = 16 * 1024;

/** How many views are kept, because making one costs more than copying a small read. */
const keptViews = 256;

/**
 * All sockets read into this one, so that a flow at rest owns no buffer at all. Node gives every socket its buffer before the
 * read, and a write that the kernel did not take whole keeps pointing into the bytes it was given: so what is read here has
 * to be copied before it is written.
 */
const shared = new Uint8Array(sharedBytes);

/** The start of it, for reads that only find out that there is something to be moved. */
const probe = shared.subarray(0, 16 * 1024);

/**
 * The buffers of one direction of a flow. Small reads go through the shared buffer and are copied. A direction that fills it is
 * lent a buffer of its own while there are any, from which it writes without a copy; that is safe because its source is paused
 * while a write is still pending. Where the kernel can move bytes there is no need of that: then a buffer is only borrowed, for
 * what was moved and not taken.
 */
export class ReadBuffer {
  /** Bytes have just been moved, and more are likely to come: they should not be read first. */
  probes = false;
  #own: Uint8Array | undefined = undefined;
  /** No longer read into, but perhaps still being written from. */
  #leaving: Uint8Array | undefined = undefined;

  /** Where the next read should go. It changes only by what is done with a read: its socket asks after each. */
  get next(): Uint8Array {
    return this.#own ?? (this.probes ? probe : shared);
  }

  /** The bytes of a read, in memory that does not change until the source reads again. */
  take(length: number, buffer: Uint8Array): Uint8Array {
    if (buffer === shared || buffer === probe) return copyOfShared(length);
    if (length < bulkMinimumBytes) {
      this.#leaving = this.#own;
      this.#own = undefined;
    }
    return length === buffer.length ? buffer : buffer.subarray(0, length);
  }

  /**
   * The kernel has taken at once what `take` has just returned.
   * @param mayGrow a direction that fills the shared buffer gets its own
   */
  taken(length: number, buffer: Uint8Array, mayGrow: boolean): void {
    if (buffer !== shared && buffer !== probe) return this.settled();
    copiesUsed -= length;
    if (length === sharedBytes && mayGrow) this.#own = bulkBuffers.lend();
  }

  /** A place for bytes to be written from, until `settled`. Undefined while all are lent. */
  borrow(): Uint8Array | undefined {
    this.#leaving = bulkBuffers.lend();
    return this.#leaving;
  }

  /** Nothing that `take` has returned is still needed. */
  settled(): void {
    if (this.#leaving !== undefined) bulkBuffers.takeBack(this.#leaving);
    this.#leaving = undefined;
  }

  /** Nor will anything be read any more. */
  release(): void {
    this.settled();
    if (this.#own !== undefined) bulkBuffers.takeBack(this.#own);
    this.#own = undefined;
  }
}

/** Views of a block of memory from one offset on, kept by length: most reads are as long as an earlier one. */
class Views {
  readonly memory: ArrayBuffer;
  readonly offset: number;
  readonly #known: (Uint8Array | undefined)[] = [];

  constructor(memory: ArrayBuffer, offset: number) {
    this.memory = memory;
    this.offset = offset;
  }

  of(length: number): Uint8Array {
    const slot = length % keptViews;
    const known = this.#known[slot];
    if (known !== undefined && known.length === length) return known;
    const made = new Uint8Array(this.memory, this.offset, length);
    this.#known[slot] = made;
    return made;
  }
}

const reads = new Views(shared.buffer, 0);

/**
 * Where the copies go. The kernel takes nearly every write at once, and then the next copy reuses the same bytes. A copy that
 * has to wait keeps its bytes, and a block that is full is replaced by a new one.
 */
let block = new ArrayBuffer(sharedBytes);
let copiesUsed = 0;
let copies = new Views(block, 0);

function copyOfShared(length: number): Uint8Array {
  if (copiesUsed + length > sharedBytes) {
    block = new ArrayBuffer(sharedBytes);
    copiesUsed = 0;
  }
  if (copies.offset !== copiesUsed || copies.memory !== block) copies = new Views(block, copiesUsed);
  const copy = copies.of(length);
  copy.set(reads.of(length));
  copiesUsed += length;
  return copy;
}
