import { checkedPort, writeAddress } from "./address-block.ts";
import { readInt32, writeUint16, writeUint32 } from "./big-endian.ts";
import { assertRoom } from "./bytes.ts";
import { FIXED_LENGTH, IPV4_LENGTH, IPV6_LENGTH } from "./constants.ts";
import { crcOver } from "./crc32c.ts";
import { refuse } from "./errors.ts";
import type { Endpoint } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";
import { layOut, writeLayout } from "./layout.ts";

/* Second names for the hot path, as in `parse.ts`. */
const FIXED = FIXED_LENGTH;

/** What does not change between the headers of a template; the meaning is that of {@link HeaderInit}. */
export interface HeaderTemplateInit extends Pick<HeaderInit, "tlvs" | "awsVpcEndpointId" | "crc32c" | "padTo"> {
  readonly family: "INET" | "INET6";
  /** Default STREAM. */
  readonly transport?: "STREAM" | "DGRAM";
}

/**
 * Writes headers that differ in their addresses and ports only; those of one listener, say. Everything else is computed
 * once, and the CRC32C is kept right without reading the constant bytes again: CRC is linear, so each byte of the
 * addresses adds a value of its own, found in a table (1 KiB a byte: 12 KiB for INET, 36 for INET6, none without CRC32C).
 */
export class HeaderTemplate {
  readonly family: "INET" | "INET6";
  /** Length in bytes of every header that this template writes. */
  readonly length: number;
  /** The header that was written last. */
  readonly #header: Uint8Array;
  /** The text of the destination in it; empty when that came as something else. */
  #destination = "";
  readonly #addressLength: number;
  readonly #crcOffset: number;
  readonly #crcOfZeros: number;
  readonly #crcOfBytes: Int32Array | undefined;

  /** Throws {@link Pp2Error} as `encode` does. */
  constructor(init: HeaderTemplateInit) {
    const { family } = init;
    if (family !== "INET" && family !== "INET6") refuse("PP2_INVALID_FAMILY", family);
    const nobody = { address: family === "INET" ? "0.0.0.0" : "::", port: 0 };
    const { addresses, crcOffset, length, ...rest } = layOut({ ...init, source: nobody, destination: nobody });
    this.family = family;
    this.length = length;
    this.#header = new Uint8Array(length);
    writeLayout(this.#header, 0, { ...rest, addresses, crcOffset, length });
    this.#addressLength = family === "INET" ? IPV4_LENGTH : IPV6_LENGTH;
    this.#crcOffset = crcOffset;
    this.#crcOfZeros = crcOffset < 0 ? 0 : readInt32(this.#header, crcOffset);
    this.#crcOfBytes = crcOffset < 0 ? undefined : crcTables(addresses.length, length);
  }

  /** The header in a new array. Throws as {@link HeaderTemplate.encodeInto} does. */
  encode(source: Endpoint, destination: Endpoint): Uint8Array {
    const bytes = new Uint8Array(this.length);
    this.encodeInto(bytes, 0, source, destination);
    return bytes;
  }

  /**
   * Writes the header to `target` from `offset` on and returns its length. IPv4 addresses in a template of family INET6
   * are written as IPv4-mapped. Throws {@link Pp2Error} for what is no address or port and when there is no room; then
   * nothing has been written.
   */
  encodeInto(target: Uint8Array, offset: number, source: Endpoint, destination: Endpoint): number {
    writeAddress(this.family, source.address, this.#header, FIXED);
    if (destination.address !== this.#destination) this.#patchDestination(destination.address);
    return this.#write(target, offset, source.port, destination.port);
  }

  /** As `encodeInto`, with addresses as bytes: 4 in a template of family INET, 16 in one of INET6. */
  encodeBytesInto(
    target: Uint8Array,
    offset: number,
    source: Uint8Array,
    sourcePort: number,
    destination: Uint8Array,
    destinationPort: number,
  ): number {
    const length = this.#addressLength;
    if (source.length !== length || destination.length !== length) refuse("PP2_INVALID_ADDRESS", source);
    this.#destination = "";
    for (let i = 0; i < length; i++) {
      this.#header[FIXED + i] = source[i] as number;
      this.#header[FIXED + length + i] = destination[i] as number;
    }
    return this.#write(target, offset, sourcePort, destinationPort);
  }

  /**
   * As `encodeInto`, in a template of family INET, with addresses as u32: 127.0.0.1 is 0x7f000001. The same 32 bits as a
   * signed number mean the same, and V8 may have to allocate for 128.0.0.0 and above unless they are: `address | 0`.
   */
  encodeIPv4Into(
    target: Uint8Array,
    offset: number,
    source: number,
    sourcePort: number,
    destination: number,
    destinationPort: number,
  ): number {
    if (this.family !== "INET") refuse("PP2_INVALID_ADDRESS", source);
    this.#destination = "";
    writeUint32(this.#header, FIXED, source);
    writeUint32(this.#header, FIXED + 4, destination);
    return this.#write(target, offset, sourcePort, destinationPort);
  }

  /** The text that came last is not read again: a listener's destination is the same for most. */
  #patchDestination(address: string): void {
    this.#destination = "";
    writeAddress(this.family, address, this.#header, FIXED + this.#addressLength);
    this.#destination = address;
  }

  #write(target: Uint8Array, offset: number, sourcePort: number, destinationPort: number): number {
    const header = this.#header;
    const ports = FIXED + 2 * this.#addressLength;
    writeUint16(header, ports, checkedPort(sourcePort));
    writeUint16(header, ports + 2, checkedPort(destinationPort));
    assertRoom(target, offset, header.length);
    const tables = this.#crcOfBytes;
    if (tables !== undefined) {
      const end = tables.length;
      let crc = this.#crcOfZeros;
      let at = FIXED;
      // Four places at a turn (there are 12 or 36): at each V8 looks up anew where tables and header are.
      for (let table = 0; table < end; table += 1024) {
        crc ^=
          (tables[table + (header[at] as number)] as number) ^
          (tables[table + 256 + (header[at + 1] as number)] as number) ^
          (tables[table + 512 + (header[at + 2] as number)] as number) ^
          (tables[table + 768 + (header[at + 3] as number)] as number);
        at += 4;
      }
      writeUint32(header, this.#crcOffset, crc);
    }
    target.set(header, offset);
    return header.length;
  }
}

/** Entry `256 * i + b` is what byte `b` at place i of the addresses adds to the CRC of a header of that length. */
function crcTables(places: number, headerLength: number): Int32Array {
  const made = new Int32Array(256 * places);
  const zeros = new Uint8Array(headerLength);
  for (let i = 0; i < made.length; i++) {
    const byte = i & 0xff;
    // By linearity every byte is a sum of powers of two, and only those are carried over the bytes that follow.
    const lowest = byte & -byte;
    if (byte !== lowest) {
      made[i] = (made[i - byte + lowest] as number) ^ (made[i - lowest] as number);
    } else {
      const place = FIXED_LENGTH + (i >> 8);
      zeros[place] = byte;
      made[i] = crcOver(0, zeros, place, headerLength);
      zeros[place] = 0;
    }
  }
  return made;
}
