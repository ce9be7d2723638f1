import { V1_MAX_LENGTH, V1_MIN_LENGTH } from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import { conclude, type Findings, incomplete, invalid, STATUS_OK, type Status } from "./status.ts";
import { latin1 } from "./text.ts";

/** What a line can start with (PROXY protocol §2.1). "PROXY" alone is the signature (§2.2). */
const STARTS = ["PROXY TCP4", "PROXY TCP6", "PROXY UNKNOWN"];
const SIGNATURE_LENGTH = 5;

/**
 * The verdict on a version 1 line that `parseV1` did not accept: UNKNOWN, not whole, or wrong. Its start is decided at the
 * first wrong byte; the fields are looked at only once CRLF is there (§2.1), and a lone CR or LF does not end the line.
 * `fault` is where the first wrong field starts, if the line has all its fields; 0 when they were not looked at.
 */
export function lineVerdict(view: Findings, settings: DecodeSettings, bytes: Uint8Array, fault: number): Status {
  const limit = Math.min(V1_MAX_LENGTH, settings.maxHeaderSize);
  const text = latin1(bytes, 0, Math.min(bytes.length, limit));
  let matched = 0;
  while (matched < text.length && STARTS.some((start) => start.startsWith(text.slice(0, matched + 1)))) matched++;
  const following = text[matched];
  if (following && !(STARTS.includes(text.slice(0, matched)) && " \r\n".includes(following))) {
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
  const words = text.slice(0, end).split(" ");
  // Of UNKNOWN everything up to CRLF is to be ignored (§2.1).
  if (words[1] === "UNKNOWN") return acceptLine(view, settings, bytes, end + 2, 0);
  // Without a fault no field was looked at: a lone CR or LF follows the protocol, where the space should be.
  if (words.length !== 6 || words.includes("") || fault === 0)
    return invalid(view, "PP2_V1_BAD_FIELDS", SIGNATURE_LENGTH + 1);
  const field = text.slice(0, fault).split(" ").length;
  return invalid(view, field < 5 ? "PP2_V1_BAD_ADDRESS" : "PP2_V1_BAD_PORT", fault);
}

/** `familyByte` as version 2 would write it. */
export function acceptLine(
  view: Findings,
  settings: DecodeSettings,
  bytes: Uint8Array,
  end: number,
  familyByte: number,
): Status {
  if (settings.requiresCrc) return invalid(view, "PP2_CRC_MISSING", 0);
  view.version = 1;
  view.isLocal = false;
  view.familyByte = familyByte;
  view.bytes = bytes;
  view.tlvsStart = end;
  view.tlvsEnd = end;
  return conclude(view, STATUS_OK, end, 0, undefined);
}
