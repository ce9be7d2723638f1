import { readUint16 } from "./big-endian.ts";
import { TLV_OVERHEAD } from "./constants.ts";

/** Type, length and value: the unit of everything after the addresses (PROXY protocol §2.2). */
export interface Tlv {
  /** 0 to 255; the `PP2_TYPE_*` constants name those that are known. */
  readonly type: number;
  /** A view of the decoded bytes, no copy: it is valid until that buffer changes. */
  readonly value: Uint8Array;
}

/** Whatever can be asked for its first TLV of a type: a `Header`, a `HeaderView`. */
export interface TlvSource {
  tlv(type: number): Uint8Array | undefined;
}

/** Makes something of the value in `bytes[start, end)`. */
export type ReadValue<T> = (bytes: Uint8Array, start: number, end: number) => T;

/* Second names for the hot path, as in `parse.ts`. */
const OVERHEAD = TLV_OVERHEAD;
const uint16 = readUint16;

/** The TLVs in `bytes[start, end)`, read each time that they are asked for. The range has been checked to be whole. */
export class TlvBlock implements Iterable<Tlv> {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** What `read` makes of the first TLV of that type. */
  first<T>(type: number, read: ReadValue<T>): T | undefined {
    return readTlv(this.#bytes, findTlv(this.#bytes, this.#start, this.#end, type), read);
  }

  *[Symbol.iterator](): IterableIterator<Tlv> {
    const bytes = this.#bytes;
    for (let at = this.#start; at < this.#end; at = nextTlv(bytes, at)) {
      yield { type: bytes[at] as number, value: readTlv(bytes, at, subarray) as Uint8Array };
    }
  }
}

/** The `read` that gives a view. */
export function subarray(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.subarray(start, end);
}

/** What `read` makes of the TLV at `at`; undefined when that is -1. */
export function readTlv<T>(bytes: Uint8Array, at: number, read: ReadValue<T>): T | undefined {
  return at < 0 ? undefined : read(bytes, at + TLV_OVERHEAD, nextTlv(bytes, at));
}

/** Where the first TLV of `type` starts, or -1. */
export function findTlv(bytes: Uint8Array, start: number, end: number, type: number): number {
  for (let at = start; at < end; at = nextTlv(bytes, at)) {
    if (bytes[at] === type) return at;
  }
  return -1;
}

/** Where the TLV after the one at `at` starts: always 3 bytes further at least, so every walk ends. */
export function nextTlv(bytes: Uint8Array, at: number): number {
  return (at + OVERHEAD + uint16(bytes, (at + 1) | 0)) | 0;
}

/**
 * Where the walk over `bytes[start, end)` goes wrong: the offset of a TLV that does not fit, with fewer than 3 bytes
 * left or too long a value; -1 when every TLV is whole.
 */
export function findBrokenTlv(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) {
    const next = at + TLV_OVERHEAD <= end ? nextTlv(bytes, at) : end + 1;
    if (next > end) return at;
    at = next;
  }
  return -1;
}
