/** Buffers of one size that are lent and come back: never more than a given number, and some of those that came back are kept. */
export class BufferPool {
  /** How many are lent. */
  lent = 0;
  readonly #bytes: number;
  readonly #mostLent: number;
  readonly #mostKept: number;
  readonly #kept: Uint8Array[] = [];

  constructor(options: { readonly bytes: number; readonly mostLent: number; readonly mostKept: number }) {
    this.#bytes = options.bytes;
    this.#mostLent = options.mostLent;
    this.#mostKept = options.mostKept;
  }

  /** Undefined when all are lent. What is in it is left over from whoever had it last. */
  lend(): Uint8Array | undefined {
    if (this.lent >= this.#mostLent) return undefined;
    this.lent++;
    return this.#kept.pop() ?? new Uint8Array(this.#bytes);
  }

  /** Once for each that was lent, when nobody reads or writes it any more. */
  takeBack(buffer: Uint8Array): void {
    this.lent--;
    if (this.#kept.length < this.#mostKept) this.#kept.push(buffer);
  }
}
