import { formatIPv4 } from "./address.ts";

const SIZE = 256;

/**
 * The texts of IPv4 addresses, made once for those that come again soon: the destination is the same for most headers, and
 * a service has few clients with many connections. An address has one place, where the last one that belongs there is.
 */
export class IPv4Texts {
  readonly #addresses: Int32Array = new Int32Array(SIZE);
  readonly #texts: string[] = new Array(SIZE).fill("0.0.0.0");

  get(bytes: Uint8Array, at: number): string {
    // Written out: `readInt32` is more than V8 inlines when it is short of room, as where both addresses are asked for.
    const address =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
    // Multiplying by the golden ratio spreads neighbours (Knuth); the upper bits have got something of all.
    const place = Math.imul(address, 0x9e3779b1) >>> 24;
    return this.#addresses[place] === address ? (this.#texts[place] as string) : this.#make(bytes, at, address, place);
  }

  #make(bytes: Uint8Array, at: number, address: number, place: number): string {
    const text = formatIPv4(bytes, at);
    this.#addresses[place] = address;
    this.#texts[place] = text;
    return text;
  }
}
