import { formatIPv4 } from "./address.ts";
import { readInt32 } from "./big-endian.ts";

const SIZE = 256;
/** V8 folds it into the code, as it does not with an imported name. */
const int32 = readInt32;

/**
 * The texts of IPv4 addresses, made once for those that come again soon: the destination is the same for most headers, and
 * a service has few clients with many connections. An address has one place, where the last one that belongs there is.
 */
export class IPv4Texts {
  readonly #addresses: Int32Array = new Int32Array(SIZE);
  readonly #texts: string[] = new Array(SIZE).fill("0.0.0.0");

  get(bytes: Uint8Array, at: number): string {
    const address = int32(bytes, at);
    // Multiplying by the golden ratio spreads neighbours (Knuth); the upper bits have got something of all.
    const place = Math.imul(address, 0x9e3779b1) >>> 24;
    if (this.#addresses[place] === address) return this.#texts[place] as string;
    const text = formatIPv4(bytes, at);
    this.#addresses[place] = address;
    this.#texts[place] = text;
    return text;
  }
}
