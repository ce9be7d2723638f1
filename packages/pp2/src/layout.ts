import { type AddressBlock, addressBlock } from "./address-block.ts";
import { isVpcEndpointId } from "./aws.ts";
import { writeUint16, writeUint32 } from "./big-endian.ts";
import {
  FIXED_LENGTH,
  MAX_HEADER_SIZE,
  PP2_SUBTYPE_AWS_VPCE_ID,
  PP2_TYPE_AWS,
  PP2_TYPE_CRC32C,
  PP2_TYPE_NOOP,
  PP2_TYPE_SSL,
  PP2_TYPE_UNIQUE_ID,
  SIGNATURE,
  TLV_OVERHEAD,
  UNIQUE_ID_MAX_LENGTH,
  VERSION_2_LOCAL,
  VERSION_2_PROXY,
} from "./constants.ts";
import { headerCrc } from "./crc32c.ts";
import { refuse } from "./errors.ts";
import { type Command, FAMILIES, TRANSPORTS } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";
import { latin1Bytes } from "./text.ts";
import type { Tlv } from "./tlv.ts";
import { sslFault } from "./v2-verdict.ts";

const signature: Uint8Array = /* @__PURE__ */ latin1Bytes(SIGNATURE);
/** The sum is taken over the field as zeros (§2.2.3). */
const zeroCrc: Tlv = /* @__PURE__ */ Object.freeze({ type: PP2_TYPE_CRC32C, value: new Uint8Array(4) });

/** A version 2 header that has been found writable, with its length. */
export interface Layout {
  readonly commandByte: number;
  readonly familyByte: number;
  readonly addresses: Uint8Array;
  readonly tlvs: readonly Tlv[];
  /** Bytes of the NOOP TLV at the end, its type and length included; 0 when there is none. */
  readonly padding: number;
  readonly length: number;
  /** Where the CRC32C's 4 bytes are, from the start of the header; -1 when there is none. */
  readonly crcOffset: number;
}

/** Pp2Error when `init` describes no header. */
export function layOut(init: HeaderInit): Layout {
  const { command, addresses } = resolveAddresses(init);
  const family = FAMILIES.indexOf(addresses.family);
  const transport = TRANSPORTS.indexOf(init.transport ?? "STREAM");
  if (transport < (family && 1)) refuse("PP2_INVALID_TRANSPORT", init.transport);
  const tlvs = collectTlvs(init);
  let length = FIXED_LENGTH + addresses.bytes.length;
  let crcOffset = -1;
  for (const { type, value } of tlvs) {
    if (type === PP2_TYPE_CRC32C) crcOffset = length + TLV_OVERHEAD;
    length += TLV_OVERHEAD + value.length;
  }
  const layout: Layout = {
    commandByte: command === "LOCAL" ? VERSION_2_LOCAL : VERSION_2_PROXY,
    familyByte: family && (family << 4) | transport,
    addresses: addresses.bytes,
    tlvs,
    padding: 0,
    length,
    crcOffset,
  };
  if (init.padTo !== undefined) return padded(layout, init.padTo);
  if (length > MAX_HEADER_SIZE) refuse("PP2_LENGTH_OVERFLOW", length);
  return layout;
}

/** The same header, filled up to `padTo` bytes. Pp2Error when it is longer, or the gap is too small for a TLV. */
export function padded(layout: Layout, padTo: number): Layout {
  const padding = padTo - layout.length;
  const fits = padding === 0 || padding >= TLV_OVERHEAD;
  if (!Number.isInteger(padding) || !fits || padTo > MAX_HEADER_SIZE) refuse("PP2_INVALID_PADDING", padTo);
  return { ...layout, padding, length: padTo };
}

/** The header in a new array. */
export function layoutBytes(layout: Layout): Uint8Array {
  const bytes = new Uint8Array(layout.length);
  writeLayout(bytes, 0, layout);
  return bytes;
}

/** Writes the header, `layout.length` bytes, from `target[offset]` on. The caller has made sure that there is room. */
export function writeLayout(target: Uint8Array, offset: number, layout: Layout): void {
  const { addresses, crcOffset, length, padding, tlvs } = layout;
  target.set(signature, offset);
  target[offset + 12] = layout.commandByte;
  target[offset + 13] = layout.familyByte;
  writeUint16(target, offset + 14, length - FIXED_LENGTH);
  target.set(addresses, offset + FIXED_LENGTH);
  let at = offset + FIXED_LENGTH + addresses.length;
  for (const { type, value } of tlvs) {
    target[at] = type;
    writeUint16(target, at + 1, value.length);
    target.set(value, at + TLV_OVERHEAD);
    at += TLV_OVERHEAD + value.length;
  }
  const end = offset + length;
  if (padding > 0) {
    target[at] = PP2_TYPE_NOOP;
    writeUint16(target, at + 1, padding - TLV_OVERHEAD);
    target.fill(0, at + TLV_OVERHEAD, end);
  }
  if (crcOffset >= 0) writeUint32(target, offset + crcOffset, headerCrc(target, offset, offset + crcOffset, end));
}

/** Which command the header has, and its addresses on the wire; without any it is LOCAL unless told otherwise. */
export function resolveAddresses(init: HeaderInit): { readonly command: Command; readonly addresses: AddressBlock } {
  const { source, destination, family } = init;
  const command = init.command ?? (source || destination ? "PROXY" : "LOCAL");
  if (command !== "PROXY" && command !== "LOCAL") refuse("PP2_INVALID_COMMAND", command);
  if (family && !FAMILIES.includes(family)) refuse("PP2_INVALID_FAMILY", family);
  const withoutAddresses = command === "LOCAL" || family === "UNSPEC";
  if (source && destination) {
    // LOCAL and UNSPEC have none (PROXY protocol §2.2); dropping them silently would hide a mistake.
    if (withoutAddresses) refuse("PP2_UNEXPECTED_ADDRESS", source.address);
    return { command, addresses: addressBlock(source, destination, family) };
  }
  if (source || destination || (family && !withoutAddresses)) refuse("PP2_MISSING_ADDRESS");
  return { command, addresses: { family: "UNSPEC", bytes: new Uint8Array(0) } };
}

function collectTlvs({ tlvs = [], crc32c, awsVpcEndpointId }: HeaderInit): Tlv[] {
  const given: Tlv[] = [];
  let crcs = 0;
  for (const tlv of tlvs) {
    checkTlv(tlv);
    if (tlv.type === PP2_TYPE_CRC32C && crcs++ > 0) refuse("PP2_INVALID_TLV", tlv.type);
    given.push(tlv.type === PP2_TYPE_CRC32C ? zeroCrc : tlv);
  }
  if (awsVpcEndpointId !== undefined) given.unshift(vpcEndpointTlv(awsVpcEndpointId));
  if (crc32c && crcs === 0) given.unshift(zeroCrc);
  return given;
}

function checkTlv({ type, value }: Tlv): void {
  if (
    (type & 0xff) !== type ||
    !(value instanceof Uint8Array) ||
    (type === PP2_TYPE_CRC32C && value.length !== 4) ||
    (type === PP2_TYPE_SSL && sslFault(value, 0, value.length))
  ) {
    refuse("PP2_INVALID_TLV", type);
  }
  if (value.length > 0xffff) refuse("PP2_LENGTH_OVERFLOW", value.length);
  if (type === PP2_TYPE_UNIQUE_ID && value.length > UNIQUE_ID_MAX_LENGTH)
    refuse("PP2_UNIQUE_ID_TOO_LONG", value.length);
}

function vpcEndpointTlv(id: string): Tlv {
  if (!isVpcEndpointId(id)) refuse("PP2_INVALID_VPC_ENDPOINT_ID", id);
  const value = new Uint8Array(1 + id.length);
  value[0] = PP2_SUBTYPE_AWS_VPCE_ID;
  for (let i = 0; i < id.length; i++) value[1 + i] = id.charCodeAt(i);
  return { type: PP2_TYPE_AWS, value };
}
