import { assertBytes, concat } from "./bytes.ts";
import { decode, invalidResult } from "./decode.ts";
import type { DecodeOptions } from "./decode-options.ts";
import type { DecodeResult } from "./header.ts";

const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Decodes a header that comes in pieces.
 *
 * ```ts
 * const decoder = new HeaderDecoder();
 * socket.on("data", (chunk) => {
 *   const result = decoder.push(chunk);
 *   if (result.status === "ok") serve(result.header, decoder.rest);
 * });
 * ```
 *
 * A header that is whole in the first chunk is decoded in place and its TLVs are views of that chunk. Otherwise the
 * pieces are collected: never more bytes than the header has, so never more than `maxHeaderSize`.
 */
export class HeaderDecoder {
  readonly #options: DecodeOptions;
  #collected: Uint8Array = noBytes;
  #result: DecodeResult;
  #rest: Uint8Array = noBytes;

  /** `options.end` has no meaning here: {@link HeaderDecoder.end} says it. Throws as `decode` does. */
  constructor(options: DecodeOptions = {}) {
    this.#options = { ...options, end: false };
    this.#result = decode(noBytes, this.#options);
  }

  /** Bytes after the header among those pushed; empty until the header is complete. A view of the chunk, no copy. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /**
   * Takes the next bytes of the stream and tells how things stand. Once the result is "ok" or "invalid" it stays;
   * what is pushed after "ok" is appended to `rest`. Throws TypeError when `chunk` is no Uint8Array.
   */
  push(chunk: Uint8Array): DecodeResult {
    assertBytes(chunk);
    let left = chunk;
    while (this.#result.status === "incomplete" && left.length > 0) left = this.#take(left, this.#result.bytesNeeded);
    if (this.#result.status === "ok") this.#rest = this.#rest.length === 0 ? left : concat(this.#rest, left);
    return this.#result;
  }

  /** No more bytes will come: what was incomplete is now invalid with PP2_TRUNCATED, at the offset that was reached. */
  end(): DecodeResult {
    if (this.#result.status === "incomplete") this.#result = invalidResult("PP2_TRUNCATED", this.#collected.length);
    return this.#result;
  }

  /** Ready for the next stream. Headers handed out before stay valid. */
  reset(): void {
    this.#collected = noBytes;
    this.#result = decode(noBytes, this.#options);
    this.#rest = noBytes;
  }

  /**
   * Decodes what has been collected with what the header still needs of `left`, and returns the bytes behind that. Taking
   * no more keeps payload out of what is collected.
   */
  #take(left: Uint8Array, bytesNeeded: number): Uint8Array {
    const before = this.#collected.length;
    const piece = before === 0 ? left : left.subarray(0, bytesNeeded - before);
    const bytes = before === 0 ? left : concat(this.#collected, piece);
    this.#result = decode(bytes, this.#options);
    if (this.#result.status === "incomplete") {
      // A first chunk is the caller's and may be used again, so an unfinished header has to be copied out of it.
      this.#collected = before === 0 ? new Uint8Array(left) : bytes;
      return left.subarray(piece.length);
    }
    this.#collected = noBytes;
    return this.#result.status === "ok" ? left.subarray(this.#result.bytesRead - before) : left;
  }
}
