import { IPV4_LENGTH, IPV6_LENGTH, parseIPv4, parseIPv6 } from "./address.ts";
import { writeUint16 } from "./big-endian.ts";
import { V1_MAX_LENGTH, V1_MIN_LENGTH } from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import { type Findings, incomplete, invalid, STATUS_OK, type Status } from "./status.ts";
import { latin1 } from "./text.ts";

/** What a line can start with (PROXY protocol §2.1). "PROXY" alone is the signature (§2.2). */
const STARTS = ["PROXY TCP4", "PROXY TCP6", "PROXY UNKNOWN"];
const SIGNATURE_LENGTH = 5;

/**
 * Reads the version 1 line at the start of `bytes`. Its start is decided at the first wrong byte; the fields are read only
 * once CRLF is there (§2.1), and a lone CR or LF does not end the line.
 */
export function parseV1(view: Findings, settings: DecodeSettings, bytes: Uint8Array): Status {
  const limit = Math.min(V1_MAX_LENGTH, settings.maxHeaderSize);
  const text = latin1(bytes, 0, Math.min(bytes.length, limit));
  let matched = 0;
  let start = "";
  for (const candidate of STARTS) {
    const common = commonLength(text, candidate);
    if (common > matched) matched = common;
    if (common === candidate.length) start = candidate;
  }
  const after = text[start.length];
  if (start ? after && !" \r\n".includes(after) : matched < text.length) {
    if (matched > SIGNATURE_LENGTH) return invalid(view, "PP2_V1_BAD_PROTOCOL", matched);
    return invalid(view, matched < SIGNATURE_LENGTH ? "PP2_NOT_PROXY_PROTOCOL" : "PP2_V1_BAD_FIELDS", matched);
  }
  const end = text.indexOf("\r\n");
  if (end < 0) {
    if (text.length < limit) {
      const needed = text.length + (text.endsWith("\r") ? 1 : 2);
      return incomplete(view, settings, Math.max(V1_MIN_LENGTH, needed), text.length);
    }
    return invalid(view, limit < V1_MAX_LENGTH ? "PP2_HEADER_TOO_LARGE" : "PP2_V1_TOO_LONG", limit);
  }
  if (parseWords(view, text.slice(0, end).split(" ")) !== STATUS_OK) return view.status;
  if (settings.requiresCrc) return invalid(view, "PP2_CRC_MISSING", 0);
  view.version = 1;
  view.isLocal = false;
  view.bytes = bytes;
  view.tlvsStart = view.tlvsEnd = view.bytesRead = end + 2;
  view.status = STATUS_OK;
  return STATUS_OK;
}

function commonLength(text: string, candidate: string): number {
  let length = 0;
  while (length < candidate.length && text[length] === candidate[length]) length++;
  return length;
}

function parseWords(view: Findings, words: readonly string[]): Status {
  const [, protocol, source, destination, sourcePort, destinationPort] = words;
  // Of UNKNOWN everything up to CRLF is to be ignored (§2.1).
  view.familyByte = 0;
  if (protocol === "UNKNOWN") return STATUS_OK;
  if (words.length !== 6 || !source || !destination || !sourcePort || !destinationPort) {
    return invalid(view, "PP2_V1_BAD_FIELDS", SIGNATURE_LENGTH + 1);
  }
  const isIPv4 = protocol === "TCP4";
  const length = isIPv4 ? IPV4_LENGTH : IPV6_LENGTH;
  const parseAddress = isIPv4 ? parseIPv4 : parseIPv6;
  const addresses = new Uint8Array(2 * length + 4);
  let offset = 11;
  for (const [i, address] of [source, destination].entries()) {
    if (!parseAddress(address, addresses, i * length)) return invalid(view, "PP2_V1_BAD_ADDRESS", offset);
    offset += address.length + 1;
  }
  for (const [i, port] of [sourcePort, destinationPort].entries()) {
    // `Number` alone would take "1e3", "0x50" and "080".
    if (!(+port <= 0xffff && `${+port & 0xffff}` === port)) return invalid(view, "PP2_V1_BAD_PORT", offset);
    writeUint16(addresses, 2 * (length + i), +port);
    offset += port.length + 1;
  }
  view.familyByte = isIPv4 ? 0x11 : 0x21;
  view.addressBytes = addresses;
  view.sourceOffset = 0;
  return STATUS_OK;
}
