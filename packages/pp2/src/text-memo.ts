import { readInt32 } from "./big-endian.ts";
import type { ReadValue } from "./tlv.ts";

/** Longest run of bytes that is remembered: a VPC endpoint's TLV has 23, an IPv6 address 16. */
const MAX_LENGTH = 32;
/** V8 folds it into the code, as it does not with an imported name. */
const int32 = readInt32;

/**
 * The text of the bytes that were asked for last. Behind a load balancer most headers name the same destination and
 * the same endpoint, and comparing a few bytes is several times cheaper than making the string again.
 */
export class TextMemo<T> {
  readonly #format: ReadValue<T>;
  /** Four bytes in each; the last four may overlap the four before. */
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

  #remembers(bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.#words;
    const last = end - 4;
    let i = 0;
    for (let at = start; at < last; at += 4) {
      if (int32(bytes, at) !== words[i++]) return false;
    }
    return int32(bytes, last) === words[i];
  }

  #make(bytes: Uint8Array, start: number, end: number): T {
    const text = this.#format(bytes, start, end);
    const length = end - start;
    if (length >= 4 && length <= MAX_LENGTH) {
      let i = 0;
      for (let at = start; at < end - 4; at += 4) this.#words[i++] = int32(bytes, at);
      this.#words[i] = int32(bytes, end - 4);
      this.#length = length;
      this.#text = text;
    }
    return text;
  }
}
