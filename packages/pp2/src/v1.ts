import { digits, scanDecimal, scanIPv4, scanIPv6 } from "./address-scan.ts";
import { readInt32, writeUint16 } from "./big-endian.ts";
import { IPV4_LENGTH, IPV6_LENGTH, V1_MAX_LENGTH } from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import type { Findings, Status } from "./status.ts";
import { acceptLine, lineVerdict } from "./v1-verdict.ts";

const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
/** Length of `PROXY TCP4 `. */
const START_LENGTH = 11;

/**
 * Reads the version 1 line at the start of `bytes` (PROXY protocol §2.1) in one go if it is whole and has addresses; what
 * becomes of other lines is worked out in `v1-verdict.ts`.
 */
export function parseV1(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  const end = Math.min(bytes.length, V1_MAX_LENGTH, settings.maxHeaderSize);
  if (end <= START_LENGTH || !startsWithProtocol(bytes)) return lineVerdict(view, settings, bytes, 0);
  const isIPv4 = bytes[9] === 0x34;
  const next = scanFields(bytes, end, view.lineAddresses, isIPv4);
  if (next < 0) return lineVerdict(view, settings, bytes, ~next);
  return acceptLine(view, settings, bytes, next, isIPv4 ? 0x11 : 0x21);
}

/** `PROXY TCP4 ` or `PROXY TCP6 `. */
function startsWithProtocol(bytes: Uint8Array): boolean {
  return (
    readInt32(bytes, 0) === 0x50524f58 &&
    readInt32(bytes, 4) === 0x59205443 &&
    bytes[8] === 0x50 &&
    (bytes[9] === 0x34 || bytes[9] === 0x36) &&
    bytes[10] === SPACE
  );
}

/**
 * Writes both addresses and ports to `into`, and returns the index behind CRLF. When a field is not as it should be, with
 * the right byte behind it, the result is negative: `~` of where the field starts.
 */
function scanFields(bytes: Uint8Array, end: number, into: Uint8Array, isIPv4: boolean): number {
  const scanAddress = isIPv4 ? scanIPv4 : scanIPv6;
  const addressLength = isIPv4 ? IPV4_LENGTH : IPV6_LENGTH;
  let start = START_LENGTH;
  for (let i = 0; i < 2; i++) {
    const next = scanAddress(bytes, start, end, into, i * addressLength);
    if (next < 0 || next >= end || bytes[next] !== SPACE) return ~start;
    start = next + 1;
  }
  for (let i = 0; i < 2; i++) {
    const port = scanDecimal(bytes, start, end, 0xffff);
    const next = start + digits(port);
    if (port < 0 || next + i >= end || bytes[next] !== (i === 0 ? SPACE : CR)) return ~start;
    if (i === 1 && bytes[next + 1] !== LF) return ~start;
    writeUint16(into, 2 * addressLength + 2 * i, port);
    start = next + 1;
  }
  return start + 1;
}
