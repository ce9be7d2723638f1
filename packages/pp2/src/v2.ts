import { readUint16 } from "./big-endian.ts";
import { ADDRESS_BLOCK_LENGTHS, FIXED_LENGTH, PP2_TYPE_SSL, VERSION_2_LOCAL, VERSION_2_PROXY } from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import { type Findings, STATUS_OK, type Status } from "./status.ts";
import { TLV_OVERHEAD } from "./tlv.ts";
import { fixedPartVerdict, tlvsVerdict } from "./v2-verdict.ts";

/*
 * The hot path: it accepts a header that has nothing wrong with it, and leaves everything else to `v2-verdict.ts`, so
 * that it stays small enough for V8 to inline. V8 folds a module's own constants into the code, while it loads imported
 * names from their module at each use, a tenth of the time of a decode: hence these second names.
 */
const FIXED = FIXED_LENGTH;
const OVERHEAD = TLV_OVERHEAD;
const SSL = PP2_TYPE_SSL;
const LOCAL = VERSION_2_LOCAL;
const PROXY = VERSION_2_PROXY;
const OK = STATUS_OK;
const verdict = tlvsVerdict;
const uint16 = readUint16;

/** Where the TLVs start, by family byte: behind the addresses. 0 for the bytes that are not expected (§2.2). */
const tlvsStarts: Uint8Array = /* @__PURE__ */ makeTlvsStarts();

function makeTlvsStarts(): Uint8Array {
  const made = new Uint8Array(256);
  ADDRESS_BLOCK_LENGTHS.forEach((length, family) => {
    for (const transport of family === 0 ? [0] : [1, 2]) made[(family << 4) | transport] = FIXED + length;
  });
  return made;
}

/** There are 16 bytes, and they start with the signature: one comparison, because twelve cost V8 more. */
export function startsV2(bytes: Uint8Array): boolean {
  return (
    bytes.length >= FIXED &&
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
      ((bytes[11] as number) ^ 0x0a)) ===
      0
  );
}

/**
 * Reads the version 2 header at the start of `bytes`, which {@link startsV2}. The TLVs are walked up to the first whose
 * value has to be right, too; the verdict goes on from there.
 */
export function parseV2(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  const isLocal = bytes[12] === LOCAL;
  // Of LOCAL the family byte is discarded with the addresses (§2.2): AWS's health checks carry 0x11 and no addresses.
  const familyByte = isLocal ? 0 : (bytes[13] as number);
  const start = tlvsStarts[familyByte] as number;
  const end = FIXED + uint16(bytes, 14);
  if (
    !(isLocal || bytes[12] === PROXY) ||
    start === 0 ||
    end < start ||
    end > settings.maxHeaderSize ||
    end > bytes.length
  ) {
    return fixedPartVerdict(view, settings, bytes);
  }
  let at = start;
  while (at < end - 2) {
    const type = bytes[at];
    if (type === settings.crcType || type === SSL) break;
    at = (at + OVERHEAD + uint16(bytes, (at + 1) | 0)) | 0;
  }
  view.version = 2;
  view.isLocal = isLocal;
  view.familyByte = familyByte;
  // Storing a reference costs more than comparing it, and a socket's reads often come in one buffer.
  if (view.bytes !== bytes) view.bytes = bytes;
  view.tlvsStart = start;
  view.tlvsEnd = end;
  view.bytesRead = end;
  view.bytesNeeded = 0;
  view.errorCode = undefined;
  view.status = OK;
  return at === end && !settings.requiresCrc ? OK : verdict(view, settings, bytes, at);
}
