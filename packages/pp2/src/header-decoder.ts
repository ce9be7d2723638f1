import { assertBytes } from "./bytes.ts";
import { resultOf } from "./decode.ts";
import type { DecodeOptions } from "./decode-options.ts";
import { errorMessage } from "./errors.ts";
import type { DecodeResult } from "./header.ts";
import { HeaderView } from "./header-view.ts";

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
  readonly #view: HeaderView;
  #collected: Uint8Array = noBytes;
  #count = 0;
  #result: DecodeResult | undefined;
  #rest: Uint8Array = noBytes;

  /** `options.end` has no meaning here: {@link HeaderDecoder.end} says it. */
  constructor(options: DecodeOptions = {}) {
    this.#view = new HeaderView({ ...options, end: false });
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
    if (this.#result !== undefined && this.#result.status !== "incomplete") {
      if (this.#result.status === "ok") this.#rest = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
      return this.#result;
    }
    const result = this.#count === 0 ? this.#decodeInPlace(chunk) : this.#decodeCollected(chunk);
    this.#result = result;
    this.#view.release();
    if (result.status !== "incomplete") this.#collected = noBytes;
    return result;
  }

  /** No more bytes will come: what was incomplete is now invalid with PP2_TRUNCATED, at the offset that was reached. */
  end(): DecodeResult {
    if (this.#result === undefined || this.#result.status === "incomplete") {
      const offset = this.#count;
      this.#collected = noBytes;
      this.#result = {
        status: "invalid",
        code: "PP2_TRUNCATED",
        offset,
        message: errorMessage("PP2_TRUNCATED", offset),
      };
    }
    return this.#result;
  }

  /** Ready for the next stream. Headers handed out before stay valid. */
  reset(): void {
    this.#collected = noBytes;
    this.#count = 0;
    this.#result = undefined;
    this.#rest = noBytes;
  }

  #decodeInPlace(chunk: Uint8Array): DecodeResult {
    this.#view.decode(chunk);
    const result = resultOf(this.#view);
    if (result.status === "ok") this.#rest = chunk.subarray(result.bytesRead);
    // The chunk is the caller's and may be reused, so an unfinished header has to be copied out of it.
    if (result.status === "incomplete") this.#collect(chunk, chunk.length, result.bytesNeeded);
    return result;
  }

  /** Takes only as many bytes as the header is known to have, so that no payload gets into what is collected. */
  #decodeCollected(chunk: Uint8Array): DecodeResult {
    let result = this.#result as DecodeResult;
    let taken = 0;
    while (result.status === "incomplete" && taken < chunk.length) {
      const count = Math.min(result.bytesNeeded - this.#count, chunk.length - taken);
      this.#collect(chunk.subarray(taken, taken + count), count, result.bytesNeeded);
      taken += count;
      this.#view.decode(this.#collected, undefined, 0, this.#count);
      result = resultOf(this.#view);
    }
    if (result.status === "ok") this.#rest = chunk.subarray(taken);
    return result;
  }

  #collect(piece: Uint8Array, count: number, bytesNeeded: number): void {
    if (this.#collected.length < bytesNeeded) {
      const grown = new Uint8Array(bytesNeeded);
      grown.set(this.#collected.subarray(0, this.#count));
      this.#collected = grown;
    }
    this.#collected.set(piece, this.#count);
    this.#count += count;
  }
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
