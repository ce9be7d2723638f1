import { readInt32 } from "./big-endian.ts";

/** Longest run of bytes that is remembered: a VPC endpoint id has 22, an IPv6 address 16. */
const MAX_LENGTH = 32;

/** Makes the text of `bytes[start, end)`; undefined when they are not what they should be. */
export type Format<T> = (bytes: Uint8Array, start: number, end: number) => T;

/**
 * The text of the bytes that were asked for last. Behind a load balancer most headers name the same destination and
 * the same endpoint, and comparing a few bytes is several times cheaper than making the string again.
 */
export class TextMemo<T> {
  readonly #format: Format<T>;
  /** Four bytes in each, then one in each of what is left. */
  readonly #words: Int32Array = new Int32Array(MAX_LENGTH / 4 + 3);
  #length = -1;
  #text: T | undefined;

  constructor(format: Format<T>) {
    this.#format = format;
  }

  get(bytes: Uint8Array, start: number, end: number): T {
    if (end - start === this.#length && this.#holds(bytes, start, end)) return this.#text as T;
    const text = this.#format(bytes, start, end);
    if (end - start <= MAX_LENGTH) this.#keep(bytes, start, end, text);
    return text;
  }

  #holds(bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.#words;
    let at = start;
    let i = 0;
    for (; at + 4 <= end; at += 4) if (readInt32(bytes, at) !== words[i++]) return false;
    for (; at < end; at++) if (bytes[at] !== words[i++]) return false;
    return true;
  }

  #keep(bytes: Uint8Array, start: number, end: number, text: T): void {
    let at = start;
    let i = 0;
    for (; at + 4 <= end; at += 4) this.#words[i++] = readInt32(bytes, at);
    for (; at < end; at++) this.#words[i++] = bytes[at] as number;
    this.#length = end - start;
    this.#text = text;
  }
}
