import { readInt32, readUint16 } from "./big-endian.ts";
import { ADDRESS_BLOCK_LENGTHS, FIXED_LENGTH, PP2_TYPE_CRC32C, PP2_TYPE_SSL } from "./constants.ts";
import { headerCrc } from "./crc32c.ts";
import type { DecodeSettings } from "./decode-options.ts";
import type { Pp2ErrorCode } from "./errors.ts";
import { type HeaderFields, incomplete, invalid, STATUS_OK, type Status } from "./header-fields.ts";
import { findBrokenTlv, nextTlv, TLV_OVERHEAD } from "./tlv.ts";

/** `\r\n\r\n\0\r\nQUIT\n`: what no other protocol starts with (PROXY protocol §2.2). */
export const SIGNATURE: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
export const VERSION_2_LOCAL = 0x20;
export const VERSION_2_PROXY = 0x21;

/*
 * Copies of imported constants for the hot path: V8 folds a constant of the module itself into the code, while an
 * imported one is loaded from its module at each use (a third of the time of a decode, on Node 20).
 */
const FIXED = FIXED_LENGTH;
const OVERHEAD = TLV_OVERHEAD;
const CRC32C = PP2_TYPE_CRC32C;
const SSL = PP2_TYPE_SSL;
const LOCAL = 0x20;
const PROXY = 0x21;
const BLOCK_LENGTHS = ADDRESS_BLOCK_LENGTHS;
const OK = STATUS_OK;

/** Client flags and verification result come before the sub-TLVs (§2.2.6). */
export const SSL_FIXED_LENGTH = 5;

/**
 * Reads the version 2 header in `bytes[start, end)`, whose first byte is the signature's. Everything is decided at
 * the first byte that allows it, so that a stranger cannot make us wait for, or hold, what would be refused anyway.
 */
export function parseV2(
  fields: HeaderFields,
  settings: DecodeSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
): Status {
  const available = end - start;
  if (available < FIXED || !hasSignature(bytes, start)) {
    return parseFixedPart(fields, settings, bytes, start, available);
  }
  const command = bytes[start + 12] as number;
  // Of LOCAL the family byte is discarded with the addresses (§2.2): AWS's health checks carry 0x11 and no addresses.
  const familyByte = command === PROXY ? (bytes[start + 13] as number) : 0;
  if (command !== PROXY && command !== LOCAL) return invalid(fields, commandFault(command), 12);
  const fault = familyFault(familyByte);
  if (fault !== undefined) return invalid(fields, fault, 13);
  const total = FIXED + readUint16(bytes, start + 14);
  const tlvsStart = FIXED + (BLOCK_LENGTHS[familyByte >> 4] as number);
  if (total > settings.maxHeaderSize) return invalid(fields, "PP2_HEADER_TOO_LARGE", 14);
  if (total < tlvsStart) return invalid(fields, "PP2_SHORT_ADDRESS_BLOCK", 14);
  if (available < total) return incomplete(fields, settings, total, available);
  fields.version = 2;
  fields.isLocal = command === LOCAL;
  fields.familyByte = familyByte;
  // Storing a reference costs more than comparing it, and a socket's reads often come in one buffer.
  if (fields.bytes !== bytes) fields.bytes = bytes;
  if (fields.addressBytes !== bytes) fields.addressBytes = bytes;
  fields.sourceOffset = start + FIXED;
  fields.tlvsStart = start + tlvsStart;
  fields.tlvsEnd = start + total;
  return parseTlvs(fields, settings, bytes, start);
}

function hasSignature(bytes: Uint8Array, start: number): boolean {
  return (
    readInt32(bytes, start) === 0x0d0a0d0a &&
    readInt32(bytes, start + 4) === 0x000d0a51 &&
    readInt32(bytes, start + 8) === 0x5549540a
  );
}

/** The verdict on fewer than 16 bytes, or on a signature that is wrong somewhere. */
function parseFixedPart(
  fields: HeaderFields,
  settings: DecodeSettings,
  bytes: Uint8Array,
  start: number,
  available: number,
): Status {
  for (let at = 0; at < available && at < SIGNATURE.length; at++) {
    if (bytes[start + at] !== SIGNATURE[at]) return invalid(fields, "PP2_BAD_SIGNATURE", at);
  }
  if (available > 12) {
    const command = bytes[start + 12] as number;
    if (command !== PROXY && command !== LOCAL) return invalid(fields, commandFault(command), 12);
    if (available > 13 && command === PROXY) {
      const fault = familyFault(bytes[start + 13] as number);
      if (fault !== undefined) return invalid(fields, fault, 13);
    }
  }
  return incomplete(fields, settings, FIXED, available);
}

function commandFault(byte: number): Pp2ErrorCode {
  return byte >> 4 === 2 ? "PP2_BAD_COMMAND" : "PP2_BAD_VERSION";
}

/** Only 00, 11, 12, 21, 22, 31 and 32 are expected (§2.2): a family with a transport, or neither. */
function familyFault(byte: number): Pp2ErrorCode | undefined {
  const family = byte >> 4;
  const transport = byte & 0x0f;
  if (family > 3) return "PP2_BAD_FAMILY";
  if (transport > 2) return "PP2_BAD_TRANSPORT";
  return (family === 0) === (transport === 0) ? undefined : "PP2_BAD_FAMILY_TRANSPORT_COMBINATION";
}

/**
 * Walks all TLVs once. Behind addresses every one must be whole. In a header that has none, what follows the first 16
 * bytes is to be skipped and not believed (§2.2): TLVs count there when they are whole, as in AWS's health checks, and
 * anything else is ignored. A CRC32C that is there and wrong is wrong everywhere.
 */
function parseTlvs(fields: HeaderFields, settings: DecodeSettings, bytes: Uint8Array, start: number): Status {
  const skippable = fields.familyByte === 0;
  const tlvsStart = fields.tlvsStart;
  const end = fields.tlvsEnd;
  let crcAt = -1;
  let crcFault: Pp2ErrorCode | undefined;
  let sslAt = -1;
  let at = tlvsStart;
  while (at < end - 2) {
    const type = bytes[at];
    const length = readUint16(bytes, at + 1);
    if (type === CRC32C && length === 4 && crcAt < 0) {
      crcAt = at;
      // Not `length`: a processor that has foreseen this branch goes on without waiting for the bytes.
      at += OVERHEAD + 4;
      continue;
    }
    if (type === CRC32C && crcFault === undefined) {
      crcFault = length === 4 ? "PP2_CRC_DUPLICATE" : "PP2_CRC_BAD_LENGTH";
      crcAt = at;
    } else if (type === SSL && sslAt < 0) {
      sslAt = at;
    }
    at += OVERHEAD + length;
  }
  if (at !== end) {
    const broken = findBrokenTlv(bytes, tlvsStart, end);
    if (!skippable) {
      return invalid(fields, broken + OVERHEAD <= end ? "PP2_TLV_OVERRUN" : "PP2_TLV_TRUNCATED", broken - start);
    }
    fields.tlvsEnd = tlvsStart;
    crcAt = -1;
    crcFault = undefined;
    sslAt = -1;
  }
  if (settings.checksCrc && (crcAt >= 0 || settings.requiresCrc)) {
    if (crcFault !== undefined) return invalid(fields, crcFault, crcAt - start);
    if (checkCrc(fields, bytes, start, crcAt, end) !== OK) return fields.status;
  }
  if (sslAt >= 0 && checkSslTlvs(fields, bytes, start, sslAt, end) !== OK) {
    if (!skippable) return fields.status;
    fields.errorCode = undefined;
    fields.tlvsEnd = tlvsStart;
  }
  fields.bytesRead = end - start;
  fields.status = OK;
  return OK;
}

/** `crcAt` is where the TLV is, or -1 where one is required. */
function checkCrc(fields: HeaderFields, bytes: Uint8Array, start: number, crcAt: number, end: number): Status {
  if (crcAt < 0) return invalid(fields, "PP2_CRC_MISSING", fields.tlvsStart - start);
  const field = crcAt + OVERHEAD;
  if (headerCrc(bytes, start, field, end) === readInt32(bytes, field)) return OK;
  return invalid(fields, "PP2_CRC_MISMATCH", field - start);
}

function checkSslTlvs(fields: HeaderFields, bytes: Uint8Array, start: number, from: number, end: number): Status {
  for (let at = from; at < end; at = nextTlv(bytes, at)) {
    if (bytes[at] !== SSL) continue;
    const fault = sslFault(bytes, at + OVERHEAD, nextTlv(bytes, at));
    if (fault !== undefined) return invalid(fields, fault, at - start);
  }
  return OK;
}

/**
 * What is wrong with the SSL TLV's value in `bytes[start, end)`. One level down and no further: a sub-TLV of type 0x20
 * is just a sub-TLV, so nesting costs no stack.
 */
export function sslFault(bytes: Uint8Array, start: number, end: number): Pp2ErrorCode | undefined {
  const subTlvs = start + SSL_FIXED_LENGTH;
  if (subTlvs > end) return "PP2_SSL_TOO_SHORT";
  const broken = findBrokenTlv(bytes, subTlvs, end);
  if (broken < 0) return undefined;
  return broken + OVERHEAD <= end ? "PP2_SSL_SUBTLV_OVERRUN" : "PP2_SSL_SUBTLV_TRUNCATED";
}
