import { readInt32 } from "./big-endian.ts";
import type { ReadValue } from "./tlv.ts";

/** Runs of so many bytes are remembered: a VPC endpoint's TLV has 23, an IPv6 address 16. */
const MIN_LENGTH = 8;
const MAX_LENGTH = 24;
/** V8 folds it into the code, as it does not with an imported name. */
const int32 = readInt32;

/**
 * The text of the bytes that were asked for last. Behind a load balancer most headers name the same destination and
 * the same endpoint, and comparing a few bytes is several times cheaper than making the string again.
 */
export class TextMemo<T> {
  readonly #format: ReadValue<T>;
  /** The first eight bytes, the eight behind them and the last eight, four in each: in a short run they overlap. */
  readonly #words: Int32Array = new Int32Array(MAX_LENGTH / 4);
  #length = -1;
  #text: T | undefined;

  constructor(format: ReadValue<T>) {
    this.#format = format;
  }

  get(bytes: Uint8Array, start: number, end: number): T {
    if (end - start === this.#length && this.#remembers(bytes, start, end)) return this.#text as T;
    return this.#make(bytes, start, end);
  }

  /** Without a loop: at each turn V8 would look up anew where the bytes and the words are, which takes longer than comparing. */
  #remembers(bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.#words;
    const last = end - 8;
    const middle = Math.min(start + 8, last);
    return (
      int32(bytes, start) === words[0] &&
      int32(bytes, start + 4) === words[1] &&
      int32(bytes, middle) === words[2] &&
      int32(bytes, middle + 4) === words[3] &&
      int32(bytes, last) === words[4] &&
      int32(bytes, last + 4) === words[5]
    );
  }

  #make(bytes: Uint8Array, start: number, end: number): T {
    const text = this.#format(bytes, start, end);
    const length = end - start;
    if (length >= MIN_LENGTH && length <= MAX_LENGTH) {
      for (let i = 0; i < 3; i++) {
        const at = Math.min(start + 8 * i, end - 8);
        this.#words[2 * i] = int32(bytes, at);
        this.#words[2 * i + 1] = int32(bytes, at + 4);
      }
      this.#length = length;
      this.#text = text;
    }
    return text;
  }
}
