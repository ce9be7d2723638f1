/** The most that one read takes while a direction has no buffer of its own. */
const sharedBytes = 64 * 1024;

/** The most that one read takes with its own buffer: a GiB then costs a third less CPU time than in pieces of 64 KiB. */
const ownBytes = 256 * 1024;

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

/**
 * The buffer that a direction gave back last, for the next one: V8 collects everything when much garbage is outside its heap.
 */
let spare: Uint8Array | undefined;

/**
 * The buffers of one direction of a flow. Small reads go through the shared buffer and are copied. A direction that fills it
 * gets a buffer of its own, from which it writes without a copy; that is safe because its source is paused while a write is
 * still pending.
 */
export class ReadBuffer {
  #own: Uint8Array | undefined = undefined;

  /** Where the next read should go. */
  get next(): Uint8Array {
    return this.#own ?? shared;
  }

  /** The bytes of a read, in memory that does not change until the source reads again. */
  take(length: number, buffer: Uint8Array): Uint8Array {
    if (buffer !== shared) {
      if (length < bulkMinimumBytes) this.#own = undefined;
      return length === buffer.length ? buffer : buffer.subarray(0, length);
    }
    if (length === sharedBytes && this.#own === undefined) {
      this.#own = spare ?? new Uint8Array(ownBytes);
      spare = undefined;
    }
    return copyOfShared(length);
  }

  /** What `take` has just returned is no longer needed. */
  giveBack(length: number, buffer: Uint8Array): void {
    if (buffer === shared) copiesUsed -= length;
    else if (this.#own === undefined) spare = buffer;
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
