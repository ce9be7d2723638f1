import { IPV4_LENGTH, IPV6_LENGTH } from "./address.ts";
import { checkedPort, writeAddress } from "./address-block.ts";
import { readInt32, writeUint16, writeUint32 } from "./big-endian.ts";
import { assertRoom } from "./bytes.ts";
import { FIXED_LENGTH } from "./constants.ts";
import { CRC_TABLES } from "./crc32c.ts";
import { Pp2Error } from "./errors.ts";
import type { Endpoint } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";
import { layOut, writeLayout } from "./layout.ts";

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
  readonly #header: Uint8Array;
  /** The changing bytes: source and destination address, source and destination port. */
  readonly #patch: Uint8Array;
  readonly #addressLength: number;
  readonly #crcOffset: number;
  readonly #crcOfZeros: number;
  readonly #crcOfPatch: Int32Array;

  /** Throws {@link Pp2Error} as `encode` does. */
  constructor(init: HeaderTemplateInit) {
    const { family } = init;
    if (family !== "INET" && family !== "INET6") {
      throw new Pp2Error("PP2_INVALID_FAMILY", 'the family of a template is "INET" or "INET6"');
    }
    const nobody = { address: family === "INET" ? "0.0.0.0" : "::", port: 0 };
    const layout = layOut({ ...init, version: 2, command: "PROXY", source: nobody, destination: nobody });
    this.family = family;
    this.length = layout.length;
    this.#header = new Uint8Array(layout.length);
    writeLayout(this.#header, 0, layout);
    this.#addressLength = family === "INET" ? IPV4_LENGTH : IPV6_LENGTH;
    this.#patch = new Uint8Array(layout.addresses.length);
    this.#crcOffset = layout.crcOffset;
    this.#crcOfZeros = layout.crcOffset < 0 ? 0 : readInt32(this.#header, layout.crcOffset);
    this.#crcOfPatch = layout.crcOffset < 0 ? new Int32Array(0) : patchTables(this.#patch.length, this.length);
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
    writeAddress(this.family, source.address, this.#patch, 0);
    writeAddress(this.family, destination.address, this.#patch, this.#addressLength);
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
    if (source.length !== length || destination.length !== length) {
      throw new Pp2Error("PP2_INVALID_ADDRESS", `an address of family ${this.family} has ${length} bytes`);
    }
    for (let i = 0; i < length; i++) {
      this.#patch[i] = source[i] as number;
      this.#patch[length + i] = destination[i] as number;
    }
    return this.#write(target, offset, sourcePort, destinationPort);
  }

  /** As `encodeInto`, in a template of family INET, with addresses as u32: 127.0.0.1 is 0x7f000001. */
  encodeIPv4Into(
    target: Uint8Array,
    offset: number,
    source: number,
    sourcePort: number,
    destination: number,
    destinationPort: number,
  ): number {
    if (this.#addressLength !== IPV4_LENGTH) {
      throw new Pp2Error("PP2_INVALID_ADDRESS", "a number is an address of family INET only");
    }
    writeUint32(this.#patch, 0, source);
    writeUint32(this.#patch, 4, destination);
    return this.#write(target, offset, sourcePort, destinationPort);
  }

  #write(target: Uint8Array, offset: number, sourcePort: number, destinationPort: number): number {
    const patch = this.#patch;
    writeUint16(patch, patch.length - 4, checkedPort(sourcePort));
    writeUint16(patch, patch.length - 2, checkedPort(destinationPort));
    assertRoom(target, offset, this.length);
    target.set(this.#header, offset);
    const addresses = offset + FIXED_LENGTH;
    if (this.#crcOffset < 0) {
      for (let i = 0; i < patch.length; i++) target[addresses + i] = patch[i] as number;
      return this.length;
    }
    const tables = this.#crcOfPatch;
    let crc = this.#crcOfZeros;
    for (let i = 0; i < patch.length; i++) {
      const byte = patch[i] as number;
      target[addresses + i] = byte;
      crc ^= tables[(i << 8) | byte] as number;
    }
    writeUint32(target, offset + this.#crcOffset, crc);
    return this.length;
  }
}

/**
 * Entry `256 * i + b` is what byte `b` at place i of the addresses adds to the CRC of a header of that length. Filled
 * from the last place to the first, as one place earlier means one more byte, as zero, that comes after.
 */
function patchTables(places: number, headerLength: number): Int32Array {
  const step = CRC_TABLES;
  const made = new Int32Array(256 * places);
  const last = 256 * (places - 1);
  for (let byte = 0; byte < 256; byte++) {
    // The powers of two are carried over the bytes that follow; by linearity every other byte is a sum of them.
    const lowest = byte & -byte;
    if (byte !== lowest) {
      made[last + byte] = (made[last + lowest] as number) ^ (made[last + (byte ^ lowest)] as number);
      continue;
    }
    let remainder = step[byte] as number;
    for (let after = headerLength - FIXED_LENGTH - places; after > 0; after--) remainder = overZero(remainder, step);
    made[last + byte] = remainder;
  }
  for (let at = last - 1; at >= 0; at--) made[at] = overZero(made[at + 256] as number, step);
  return made;
}

function overZero(remainder: number, step: Int32Array): number {
  return (remainder >>> 8) ^ (step[remainder & 0xff] as number);
}
