import { ownBytes } from "./bytes.ts";
import {
  ADDRESS_BLOCK_LENGTHS,
  FIXED_LENGTH,
  MAX_HEADER_SIZE,
  PP2_TYPE_SSL,
  TLV_OVERHEAD,
  V1_MIN_LENGTH,
  VERSION_2_LOCAL,
} from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import { type Findings, incomplete, invalid, STATUS_OK, type Status } from "./status.ts";
import { parseV1 } from "./v1.ts";
import { fixedPartVerdict, tlvsVerdict } from "./v2-verdict.ts";

/*
 * The hot path: it accepts a version 2 header that has nothing wrong with it, and leaves everything else to others. What
 * V8 does shapes it.
 *
 * It folds a module's own constants into the code, while it loads imported names from their module at each use, a tenth of
 * the time of a decode: hence these second names.
 *
 * It optimises a function once, for what has happened until then, and inlines calls only up to a sum of bytecode. When
 * nothing but CRC32Cs had been checked until then, their code took it all, and a call was left for each TLV of everyone
 * who ignores them: hence no function is called on the way through.
 *
 * It tests a field for truth as if anything could be in it: hence the comparison with false. And it has the
 * answer to `instanceof` ready where it has just looked at the length, because that tells it which kinds of buffers come;
 * what is no buffer at all is kept away from there.
 */
const FIXED = FIXED_LENGTH;
const OVERHEAD = TLV_OVERHEAD;
const SSL = PP2_TYPE_SSL;
const LOCAL = VERSION_2_LOCAL;
const OK = STATUS_OK;
const other = parseOther;
const verdict = tlvsVerdict;

/** Where the TLVs start, by family byte: behind the addresses. Beyond every header for those that are not expected (§2.2). */
const tlvsStarts: Int32Array = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, familyByte) =>
  [0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32].includes(familyByte)
    ? FIXED + (ADDRESS_BLOCK_LENGTHS[familyByte >> 4] as number)
    : MAX_HEADER_SIZE + 1,
);

/**
 * Reads the header at the start of `bytes` if it is of version 2, right and whole. Its TLVs are walked up to the first
 * whose value has to be right, too; the verdict goes on from there. Everything else is left to {@link parseOther}.
 */
export function parse(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  // One comparison, because twelve cost V8 more.
  if (
    (settings.versions & 2) === 0 ||
    !ArrayBuffer.isView(bytes) ||
    bytes.length < FIXED ||
    !(bytes instanceof Uint8Array) ||
    (((bytes[0] as number) ^ 0x0d) |
      ((bytes[1] as number) ^ 0x0a) |
      ((bytes[2] as number) ^ 0x0d) |
      ((bytes[3] as number) ^ 0x0a) |
      (bytes[4] as number) |
      ((bytes[5] as number) ^ 0x0d) |
      ((bytes[6] as number) ^ 0x0a) |
      ((bytes[7] as number) ^ 0x51) |
      ((bytes[8] as number) ^ 0x55) |
      ((bytes[9] as number) ^ 0x49) |
      ((bytes[10] as number) ^ 0x54) |
      ((bytes[11] as number) ^ 0x0a) |
      (((bytes[12] as number) & 0xfe) ^ 0x20)) !==
      0
  ) {
    return other(view, settings, bytes);
  }
  const isLocal = bytes[12] === LOCAL;
  // Of LOCAL the family byte is discarded with the addresses (§2.2): AWS's health checks carry 0x11 and no addresses.
  const familyByte = isLocal ? 0 : (bytes[13] as number);
  const start = tlvsStarts[familyByte] as number;
  const end = FIXED + (((bytes[14] as number) << 8) | (bytes[15] as number));
  if (end < start || end > settings.maxHeaderSize || end > bytes.length) {
    return other(view, settings, bytes);
  }
  const { crcType } = settings;
  const last = end - 2;
  let at = start;
  // Two at a turn: at each V8 looks up anew where the bytes are.
  while (at < last) {
    const type = bytes[at];
    if (type === crcType || type === SSL) break;
    at = (at + OVERHEAD + (((bytes[(at + 1) | 0] as number) << 8) | (bytes[(at + 2) | 0] as number))) | 0;
    if (at >= last) break;
    const following = bytes[at];
    if (following === crcType || following === SSL) break;
    at = (at + OVERHEAD + (((bytes[(at + 1) | 0] as number) << 8) | (bytes[(at + 2) | 0] as number))) | 0;
  }
  view.version = 2;
  view.isLocal = isLocal;
  view.familyByte = familyByte;
  view.bytes = bytes;
  view.tlvsStart = start;
  view.tlvsEnd = end;
  view.bytesRead = end;
  if (view.status !== OK) {
    view.bytesNeeded = 0;
    view.errorCode = undefined;
    view.status = OK;
  }
  return at === end && settings.requiresCrc === false ? OK : verdict(view, settings, bytes, at);
}

/** Version 1, a version 2 header that is not whole or not right, or something else: the first byte tells. */
function parseOther(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  if (!(bytes instanceof Uint8Array)) return parse(view, settings, ownBytes(bytes));
  // Version 1's shortest line is a byte shorter than the least of version 2.
  if (bytes.length === 0) return incomplete(view, settings, settings.versions & 1 ? V1_MIN_LENGTH : FIXED_LENGTH, 0);
  if (bytes[0] === 0x50 && settings.versions & 1) return parseV1(view, settings, bytes);
  if (bytes[0] === 0x0d && settings.versions & 2) return fixedPartVerdict(view, settings, bytes);
  return invalid(view, "PP2_NOT_PROXY_PROTOCOL", 0);
}
