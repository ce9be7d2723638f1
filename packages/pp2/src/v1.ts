import { IPV4_LENGTH, IPV6_LENGTH, parseIPv4, parseIPv6 } from "./address.ts";
import { writeUint16 } from "./big-endian.ts";
import { V1_MAX_LENGTH, V1_MIN_LENGTH } from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import { type HeaderFields, incomplete, invalid, STATUS_OK, type Status } from "./header-fields.ts";
import { latin1 } from "./text.ts";

const PREFIX = "PROXY ";
const CR = 0x0d;
const LF = 0x0a;

/**
 * Reads the version 1 line in `bytes[start, end)`, whose first byte is a "P". Fields are read only once CRLF is there
 * (PROXY protocol §2.1); a lone CR or LF does not end the line.
 */
export function parseV1(
  fields: HeaderFields,
  settings: DecodeSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
): Status {
  const available = end - start;
  for (let at = 1; at < PREFIX.length && at < available; at++) {
    if (bytes[start + at] !== PREFIX.charCodeAt(at)) {
      // "PROXY" alone is the signature (§2.2); the space after it is the line's first separator.
      return invalid(fields, at < 5 ? "PP2_NOT_PROXY_PROTOCOL" : "PP2_V1_BAD_FIELDS", at);
    }
  }
  const wrongAt = wrongProtocolByte(bytes, start, available);
  if (wrongAt >= 0) return invalid(fields, "PP2_V1_BAD_PROTOCOL", wrongAt);

  const limit = Math.min(V1_MAX_LENGTH, settings.maxHeaderSize);
  const length = lineLength(bytes, start, Math.min(available, limit));
  if (length === 0) {
    if (available >= limit) {
      return invalid(fields, limit === V1_MAX_LENGTH ? "PP2_V1_TOO_LONG" : "PP2_HEADER_TOO_LARGE", limit);
    }
    const ending = bytes[end - 1] === CR ? 1 : 2;
    return incomplete(fields, settings, Math.max(V1_MIN_LENGTH, available + ending), available);
  }
  fields.version = 1;
  fields.isLocal = false;
  fields.bytes = bytes;
  fields.tlvsStart = start + length;
  fields.tlvsEnd = start + length;
  const status = parseLine(fields, latin1(bytes, start, start + length - 2));
  if (status !== STATUS_OK) return status;
  if (settings.requiresCrc) return invalid(fields, "PP2_CRC_MISSING", 0);
  fields.bytesRead = length;
  fields.status = STATUS_OK;
  return STATUS_OK;
}

/**
 * Where the first byte is that makes the second field none of TCP4, TCP6 and UNKNOWN; -1 while there is none.
 * A CR or LF after it is left to the reading of the whole line.
 */
function wrongProtocolByte(bytes: Uint8Array, start: number, available: number): number {
  const word = bytes[start + PREFIX.length] === 0x55 ? "UNKNOWN" : "TCP";
  let at = PREFIX.length;
  for (let i = 0; i < word.length; i++, at++) {
    if (at >= available) return -1;
    if (bytes[start + at] !== word.charCodeAt(i)) return at;
  }
  if (word === "TCP") {
    if (at >= available) return -1;
    if (bytes[start + at] !== 0x34 && bytes[start + at] !== 0x36) return at;
    at++;
  }
  if (at >= available) return -1;
  const after = bytes[start + at];
  return after === 0x20 || after === CR || after === LF ? -1 : at;
}

/** Length of the line with its CRLF; 0 when `bytes[start, start + limit)` holds none. */
function lineLength(bytes: Uint8Array, start: number, limit: number): number {
  for (let at = 1; at < limit; at++) {
    if (bytes[start + at] === LF && bytes[start + at - 1] === CR) return at + 1;
  }
  return 0;
}

function parseLine(fields: HeaderFields, line: string): Status {
  const words = line.split(" ");
  const protocol = words[1];
  if (protocol === "UNKNOWN") {
    // Everything up to CRLF is to be ignored (§2.1).
    fields.familyByte = 0;
    return STATUS_OK;
  }
  const [, , source, destination, sourcePort, destinationPort] = words;
  if (words.length !== 6 || !source || !destination || !sourcePort || !destinationPort) {
    return invalid(fields, "PP2_V1_BAD_FIELDS", PREFIX.length);
  }
  const isIPv4 = protocol === "TCP4";
  const addressLength = isIPv4 ? IPV4_LENGTH : IPV6_LENGTH;
  const parse = isIPv4 ? parseIPv4 : parseIPv6;
  const addresses = new Uint8Array(2 * addressLength + 4);
  const sourceAt = PREFIX.length + 5;
  const destinationAt = sourceAt + source.length + 1;
  const sourcePortAt = destinationAt + destination.length + 1;
  if (!parse(source, addresses, 0)) return invalid(fields, "PP2_V1_BAD_ADDRESS", sourceAt);
  if (!parse(destination, addresses, addressLength)) return invalid(fields, "PP2_V1_BAD_ADDRESS", destinationAt);
  const sourcePortNumber = parsePort(sourcePort);
  if (sourcePortNumber < 0) return invalid(fields, "PP2_V1_BAD_PORT", sourcePortAt);
  const destinationPortNumber = parsePort(destinationPort);
  if (destinationPortNumber < 0) return invalid(fields, "PP2_V1_BAD_PORT", sourcePortAt + sourcePort.length + 1);
  writeUint16(addresses, 2 * addressLength, sourcePortNumber);
  writeUint16(addresses, 2 * addressLength + 2, destinationPortNumber);
  fields.familyByte = isIPv4 ? 0x11 : 0x21;
  fields.addressBytes = addresses;
  fields.sourceOffset = 0;
  return STATUS_OK;
}

/** -1 unless the text is a decimal from 0 to 65535 without leading zeros; `Number` would take "1e3", "0x50" and "". */
function parsePort(text: string): number {
  let port = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9 || (i > 0 && port === 0)) return -1;
    port = port * 10 + digit;
    if (port > 0xffff) return -1;
  }
  return port;
}
