import { type AddressBlock, addressBlock, NO_ADDRESSES } from "./address-block.ts";
import { vpcEndpointIdOf } from "./aws.ts";
import { writeUint16, writeUint32 } from "./big-endian.ts";
import {
  FAMILIES,
  FIXED_LENGTH,
  MAX_HEADER_SIZE,
  PP2_SUBTYPE_AWS_VPCE_ID,
  PP2_TYPE_AWS,
  PP2_TYPE_CRC32C,
  PP2_TYPE_NOOP,
  PP2_TYPE_SSL,
  PP2_TYPE_UNIQUE_ID,
  TRANSPORTS,
  UNIQUE_ID_MAX_LENGTH,
} from "./constants.ts";
import { headerCrc } from "./crc32c.ts";
import { Pp2Error } from "./errors.ts";
import type { Command } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";
import { latin1Bytes } from "./text.ts";
import { TLV_OVERHEAD, type Tlv } from "./tlv.ts";
import { SIGNATURE, sslFault, VERSION_2_LOCAL, VERSION_2_PROXY } from "./v2.ts";

/** A version 2 header that has been found writable, with its length. */
export interface Layout {
  readonly commandByte: number;
  readonly familyByte: number;
  readonly addresses: Uint8Array;
  readonly tlvs: readonly Tlv[];
  readonly length: number;
  /** Where the CRC32C's 4 bytes are, from the start of the header; -1 when there is none. */
  readonly crcOffset: number;
}

/** Pp2Error when `init` describes no header. */
export function layOut(init: HeaderInit): Layout {
  const { command, addresses } = resolveAddresses(init);
  const { transport = "STREAM" } = init;
  const family = FAMILIES.indexOf(addresses.family);
  const transportNumber = TRANSPORTS.indexOf(transport);
  if (transportNumber < 0 || (family > 0 && transportNumber === 0)) {
    throw new Pp2Error("PP2_INVALID_TRANSPORT", 'with addresses the transport is "STREAM" or "DGRAM"');
  }
  const tlvs = collectTlvs(init);
  let length = FIXED_LENGTH + addresses.bytes.length;
  let crcOffset = -1;
  for (const { type, value } of tlvs) {
    if (type === PP2_TYPE_CRC32C) crcOffset = length + TLV_OVERHEAD;
    length += TLV_OVERHEAD + value.length;
  }
  if (init.padTo !== undefined && init.padTo !== length) {
    tlvs.push({ type: PP2_TYPE_NOOP, value: new Uint8Array(paddingLength(length, init.padTo)) });
    length = init.padTo;
  }
  if (length > MAX_HEADER_SIZE) {
    throw new Pp2Error("PP2_LENGTH_OVERFLOW", `a header has at most ${MAX_HEADER_SIZE} bytes, this one ${length}`);
  }
  return {
    commandByte: command === "LOCAL" ? VERSION_2_LOCAL : VERSION_2_PROXY,
    familyByte: family === 0 ? 0 : (family << 4) | transportNumber,
    addresses: addresses.bytes,
    tlvs,
    length,
    crcOffset,
  };
}

/** Writes the header, `layout.length` bytes, from `target[offset]` on. The caller has made sure that there is room. */
export function writeLayout(target: Uint8Array, offset: number, layout: Layout): void {
  target.set(SIGNATURE, offset);
  target[offset + 12] = layout.commandByte;
  target[offset + 13] = layout.familyByte;
  writeUint16(target, offset + 14, layout.length - FIXED_LENGTH);
  target.set(layout.addresses, offset + FIXED_LENGTH);
  let at = offset + FIXED_LENGTH + layout.addresses.length;
  for (const { type, value } of layout.tlvs) {
    target[at] = type;
    writeUint16(target, at + 1, value.length);
    target.set(value, at + TLV_OVERHEAD);
    at += TLV_OVERHEAD + value.length;
  }
  if (layout.crcOffset >= 0) {
    const field = offset + layout.crcOffset;
    writeUint32(target, field, headerCrc(target, offset, field, at));
  }
}

/** Which command the header has, and its addresses on the wire; without any it is LOCAL unless told otherwise. */
export function resolveAddresses(init: HeaderInit): { readonly command: Command; readonly addresses: AddressBlock } {
  const { source, destination, family } = init;
  const command = init.command ?? (source || destination ? "PROXY" : "LOCAL");
  if (command !== "PROXY" && command !== "LOCAL") {
    throw new Pp2Error("PP2_INVALID_COMMAND", 'the command is "PROXY" or "LOCAL"');
  }
  if (family !== undefined && !FAMILIES.includes(family)) {
    throw new Pp2Error("PP2_INVALID_FAMILY", `the family is one of ${FAMILIES.join(", ")}`);
  }
  const withoutAddresses = command === "LOCAL" || family === "UNSPEC";
  if (source && destination) {
    if (withoutAddresses) {
      throw new Pp2Error("PP2_UNEXPECTED_ADDRESS", "LOCAL and UNSPEC have no addresses (PROXY protocol §2.2)");
    }
    return { command, addresses: addressBlock(source, destination, family) };
  }
  if (source || destination || (family !== undefined && !withoutAddresses)) {
    throw new Pp2Error("PP2_MISSING_ADDRESS", "source and destination come together");
  }
  return { command, addresses: NO_ADDRESSES };
}

function collectTlvs(init: HeaderInit): Tlv[] {
  const given = [...(init.tlvs ?? [])];
  const crcs = given.filter(({ type }) => type === PP2_TYPE_CRC32C).length;
  if (crcs > 1) throw new Pp2Error("PP2_INVALID_TLV", "a header has one CRC32C");
  for (const tlv of given) checkTlv(tlv);
  const tlvs: Tlv[] = [];
  if (init.crc32c && crcs === 0) tlvs.push({ type: PP2_TYPE_CRC32C, value: new Uint8Array(4) });
  if (init.awsVpcEndpointId !== undefined) tlvs.push(vpcEndpointTlv(init.awsVpcEndpointId));
  for (const tlv of given) {
    // The sum is taken over the field as zeros (PROXY protocol §2.2.3).
    tlvs.push(tlv.type === PP2_TYPE_CRC32C ? { type: PP2_TYPE_CRC32C, value: new Uint8Array(4) } : tlv);
  }
  return tlvs;
}

function checkTlv({ type, value }: Tlv): void {
  if (!Number.isInteger(type) || type < 0 || type > 0xff) {
    throw new Pp2Error("PP2_INVALID_TLV", `a TLV's type is a whole number from 0 to 255, not ${type}`);
  }
  if (!(value instanceof Uint8Array)) throw new Pp2Error("PP2_INVALID_TLV", "a TLV's value is a Uint8Array");
  if (value.length > 0xffff) {
    throw new Pp2Error("PP2_LENGTH_OVERFLOW", `a TLV's value has at most 65535 bytes, this one ${value.length}`);
  }
  if (type === PP2_TYPE_CRC32C && value.length !== 4) {
    throw new Pp2Error("PP2_INVALID_TLV", "a CRC32C has 4 bytes");
  }
  if (type === PP2_TYPE_UNIQUE_ID && value.length > UNIQUE_ID_MAX_LENGTH) {
    throw new Pp2Error("PP2_UNIQUE_ID_TOO_LONG", `a UNIQUE_ID has at most 128 bytes, this one ${value.length}`);
  }
  if (type === PP2_TYPE_SSL && sslFault(value, 0, value.length) !== undefined) {
    throw new Pp2Error("PP2_INVALID_TLV", "an SSL TLV has 5 bytes and whole TLVs after them");
  }
}

function vpcEndpointTlv(id: string): Tlv {
  const value = latin1Bytes(`${String.fromCharCode(PP2_SUBTYPE_AWS_VPCE_ID)}${id}`);
  // Reading it back tells both a wrong character and one that did not fit into a byte.
  if (vpcEndpointIdOf(value, 0, value.length) !== id) {
    throw new Pp2Error("PP2_INVALID_VPC_ENDPOINT_ID", `not a VPC endpoint id: ${JSON.stringify(id)}`);
  }
  return { type: PP2_TYPE_AWS, value };
}

function paddingLength(length: number, padTo: number): number {
  if (!Number.isInteger(padTo) || padTo > MAX_HEADER_SIZE || padTo < length + TLV_OVERHEAD) {
    throw new Pp2Error(
      "PP2_INVALID_PADDING",
      `${length} bytes can be padded to ${length + TLV_OVERHEAD} or more, up to ${MAX_HEADER_SIZE}, not to ${padTo}`,
    );
  }
  return padTo - length - TLV_OVERHEAD;
}
