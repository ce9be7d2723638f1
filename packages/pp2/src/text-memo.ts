import { readInt32 } from "./big-endian.ts";
import type { ReadValue } from "./tlv.ts";

/** Longest run of bytes that is remembered: a VPC endpoint's TLV has 23, an IPv6 address 16. */
const MAX_LENGTH = 32;

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
    const words = this.#words;
    const last = end - 4;
    const length = end - start;
    let at = start;
    let i = 0;
    if (length === this.#length) {
      while (at < last && readInt32(bytes, at) === words[i]) {
        at += 4;
        i++;
      }
      if (at >= last && readInt32(bytes, last) === words[i]) return this.#text as T;
    }
    const text = this.#format(bytes, start, end);
    if (length >= 4 && length <= MAX_LENGTH) {
      for (at = start, i = 0; at < last; at += 4) words[i++] = readInt32(bytes, at);
      words[i] = readInt32(bytes, last);
      this.#length = length;
      this.#text = text;
    }
    return text;
  }
}
