import { readInt32, readUint16 } from "./big-endian.ts";
import {
  ADDRESS_BLOCK_LENGTHS,
  FIXED_LENGTH,
  PP2_TYPE_SSL,
  SIGNATURE,
  SSL_FIXED_LENGTH,
  TLV_OVERHEAD,
  VERSION_2_LOCAL,
  VERSION_2_PROXY,
} from "./constants.ts";
import { headerCrc } from "./crc32c.ts";
import type { DecodeSettings } from "./decode-options.ts";
import type { Pp2ErrorCode } from "./errors.ts";
import { type Findings, incomplete, invalid, STATUS_OK, type Status } from "./status.ts";
import { findBrokenTlv, findTlv, nextTlv } from "./tlv.ts";

/* What becomes of a version 2 header that `parse` does not accept at once, and why. */

/* Second names for what most headers come through, as in `parse.ts`. */
const next = nextTlv;
const crc = headerCrc;
const int32 = readInt32;

/**
 * The verdict when not even 16 bytes have come, or something in them is wrong. Everything is decided at the first byte
 * that allows it, so that a stranger cannot make us wait for, or hold, what would be refused anyway.
 */
export function fixedPartVerdict(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  const { length } = bytes;
  for (let at = 0; at < length && at < SIGNATURE.length; at++) {
    if (bytes[at] !== SIGNATURE.charCodeAt(at)) return invalid(view, "PP2_BAD_SIGNATURE", at);
  }
  const command = bytes[12] ?? VERSION_2_LOCAL;
  if (command >> 4 !== 2) return invalid(view, "PP2_BAD_VERSION", 12);
  if (command > VERSION_2_PROXY) return invalid(view, "PP2_BAD_COMMAND", 12);
  const familyByte = command === VERSION_2_PROXY ? (bytes[13] ?? 0) : 0;
  const family = familyByte >> 4;
  const transport = familyByte & 0x0f;
  if (family > 3) return invalid(view, "PP2_BAD_FAMILY", 13);
  if (transport > 2) return invalid(view, "PP2_BAD_TRANSPORT", 13);
  // Only 00, 11, 12, 21, 22, 31 and 32 are expected (§2.2): a family with a transport, or neither.
  if ((family === 0) !== (transport === 0)) return invalid(view, "PP2_BAD_FAMILY_TRANSPORT_COMBINATION", 13);
  if (length < FIXED_LENGTH) return incomplete(view, settings, FIXED_LENGTH, length);
  const total = FIXED_LENGTH + readUint16(bytes, 14);
  if (total > settings.maxHeaderSize) return invalid(view, "PP2_HEADER_TOO_LARGE", 14);
  if (total < FIXED_LENGTH + (ADDRESS_BLOCK_LENGTHS[family] as number)) {
    return invalid(view, "PP2_SHORT_ADDRESS_BLOCK", 14);
  }
  return incomplete(view, settings, total, length);
}

/**
 * The verdict on the TLVs from `first` on: they are not whole, or values have to be looked into. The CRC32C must match, and
 * SSL must be whole inside; a header without addresses loses TLVs that are not, as it loses broken ones. The view comes
 * with all fields as if the header were right.
 */
export function tlvsVerdict(view: Findings, settings: DecodeSettings, bytes: Uint8Array, first: number): Status {
  const { tlvsEnd } = view;
  let crcAt = -1;
  let crcFault: Pp2ErrorCode | undefined;
  let sslAt = -1;
  let sslProblem: Pp2ErrorCode | undefined;
  let at = first;
  while (at < tlvsEnd - 2) {
    const type = bytes[at];
    const end = next(bytes, at);
    if (type === settings.crcType && crcFault === undefined) {
      if (crcAt >= 0) crcFault = "PP2_CRC_DUPLICATE";
      else if (end - at !== TLV_OVERHEAD + 4) crcFault = "PP2_CRC_BAD_LENGTH";
      crcAt = at;
    } else if (type === PP2_TYPE_SSL && sslProblem === undefined) {
      sslProblem = sslFault(bytes, at + TLV_OVERHEAD, end);
      sslAt = at;
    }
    at = end;
  }
  if (at !== tlvsEnd) return brokenTlvsVerdict(view, settings, bytes);
  if (crcFault !== undefined) return invalid(view, crcFault, crcAt);
  const status = crcVerdict(view, settings, bytes, crcAt, tlvsEnd);
  if (status !== STATUS_OK || sslProblem === undefined) return status;
  if (view.familyByte !== 0) return invalid(view, sslProblem, sslAt);
  view.tlvsEnd = view.tlvsStart;
  return STATUS_OK;
}

/**
 * The verdict when the TLVs do not end where the header does. In a header without addresses, what follows the first 16
 * bytes is to be skipped and not believed (§2.2): TLVs count there when they are whole, as in AWS's health checks, and
 * anything else is ignored. A CRC32C that is there and wrong is wrong everywhere.
 */
function brokenTlvsVerdict(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  const { tlvsStart: start, tlvsEnd: end } = view;
  // Family 0 is that of every header without addresses.
  if (view.familyByte !== 0) {
    const broken = findBrokenTlv(bytes, start, end);
    return invalid(view, tlvFault("", broken, end), broken);
  }
  view.tlvsEnd = start;
  return crcVerdict(view, settings, bytes, findCrcBehindAddresses(bytes, end, settings.crcType), end);
}

/** The verdict on the CRC32C in the TLV at `at`, or on its absence if that is -1. */
function crcVerdict(view: Findings, settings: DecodeSettings, bytes: Uint8Array, at: number, end: number): Status {
  if (at < 0) return settings.requiresCrc ? invalid(view, "PP2_CRC_MISSING", view.tlvsStart) : STATUS_OK;
  const field = at + TLV_OVERHEAD;
  return crc(bytes, 0, field, end) === int32(bytes, field) ? STATUS_OK : invalid(view, "PP2_CRC_MISMATCH", field);
}

/**
 * Where the CRC32C of a LOCAL header is whose sender left the addresses in; -1 when it has none. Only for checking: a
 * flipped bit that makes LOCAL out of PROXY shall not go unnoticed.
 */
function findCrcBehindAddresses(bytes: Uint8Array, end: number, crcType: number): number {
  const start = FIXED_LENGTH + (ADDRESS_BLOCK_LENGTHS[(bytes[13] as number) >> 4] ?? end);
  const at = findBrokenTlv(bytes, start, end) < 0 ? findTlv(bytes, start, end, crcType) : -1;
  return at >= 0 && readUint16(bytes, at + 1) === 4 ? at : -1;
}

/**
 * What is wrong with the SSL TLV's value in `bytes[start, end)`. One level down and no further: a sub-TLV of type 0x20
 * is just a sub-TLV, so nesting costs no stack.
 */
export function sslFault(bytes: Uint8Array, start: number, end: number): Pp2ErrorCode | undefined {
  const subTlvs = start + SSL_FIXED_LENGTH;
  if (subTlvs > end) return "PP2_SSL_TOO_SHORT";
  const broken = findBrokenTlv(bytes, subTlvs, end);
  return broken < 0 ? undefined : tlvFault("SSL_SUB", broken, end);
}

function tlvFault(level: "" | "SSL_SUB", at: number, end: number): Pp2ErrorCode {
  return `PP2_${level}TLV_${at + TLV_OVERHEAD > end ? "TRUNCATED" : "OVERRUN"}`;
}
