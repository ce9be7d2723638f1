import { scanIPv6 } from "./address-scan.ts";
import { readUint16 } from "./big-endian.ts";
import { IPV6_LENGTH, UNIX_ADDRESS_LENGTH } from "./constants.ts";
import { latin1, latin1Bytes } from "./text.ts";

/** The text of the address in `bytes[start, end)`, IPv6 or UNIX; its length tells which. */
export function formatLongAddress(bytes: Uint8Array, start: number, end: number): string {
  return end - start === IPV6_LENGTH ? formatIPv6(bytes, start) : formatUnix(bytes, start, end);
}

/** Joining ready-made texts takes half the time of making them from numbers. */
const octets: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, octet) => `${octet}`);
const dottedOctets: readonly string[] = /* @__PURE__ */ octets.map((octet) => `${octet}.`);

export function formatIPv4(bytes: Uint8Array, at: number): string {
  return (
    (dottedOctets[bytes[at] as number] as string) +
    dottedOctets[bytes[at + 1] as number] +
    dottedOctets[bytes[at + 2] as number] +
    octets[bytes[at + 3] as number]
  );
}

/**
 * RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::` and the first of equals
 * (§4). IPv4-mapped addresses in the dotted form (§5), as `inet_ntop` and Node write them, unless `dotted` is false.
 */
export function formatIPv6(bytes: Uint8Array, at: number, dotted = true): string {
  let from = 0;
  let to = 0;
  let runStart = 0;
  for (let group = 0; group < 8; group++) {
    if (readUint16(bytes, at + 2 * group) !== 0) runStart = group + 1;
    else if (group > runStart && group - runStart >= to - from) {
      from = runStart;
      to = group + 1;
    }
  }
  if (dotted && from === 0 && to === 5 && readUint16(bytes, at + 10) === 0xffff) {
    return `::ffff:${formatIPv4(bytes, at + 12)}`;
  }
  let text = "";
  for (let group = 0; group < 8; group++) {
    if (group === from && to > 0) {
      text += "::";
      group = to - 1;
    } else {
      text += (group > 0 && group !== to ? ":" : "") + readUint16(bytes, at + 2 * group).toString(16);
    }
  }
  return text;
}

/**
 * A path ends at its first NUL or fills all 108 bytes. A name that begins with NUL is one of Linux's abstract
 * namespace: it keeps that NUL, and only the NULs after it that fill it up are cut.
 */
function formatUnix(bytes: Uint8Array, start: number, end: number): string {
  const text = latin1(bytes, start, end);
  return text.replace(text[0] === "\0" ? /\0+$/ : /\0.*/s, "");
}

/** Writes 108 bytes; false when the text is longer, has a character that is no byte, or would not come back whole. */
export function parseUnix(text: string, into: Uint8Array, at: number): boolean {
  const bytes = latin1Bytes(text);
  if (bytes.length > UNIX_ADDRESS_LENGTH) return false;
  into.fill(0, at, at + UNIX_ADDRESS_LENGTH);
  into.set(bytes, at);
  return formatUnix(into, at, at + UNIX_ADDRESS_LENGTH) === text;
}

/**
 * Writes 4 bytes; false unless `text` is exactly four decimals from 0 to 255 without leading zeros: "01" is 1 to some
 * parsers and an octal number to others.
 */
export function parseIPv4(text: string, into: Uint8Array, at: number): boolean {
  const { length } = text;
  let next = 0;
  // One digit, two or three, without a loop over them: a third less time. And without a function for a digit: where V8
  // has inlined others before, it would be called for each.
  for (let i = 0; i < 4; i++) {
    let octet = next < length ? text.charCodeAt(next) - 0x30 : END;
    next++;
    if (octet >>> 0 > 9) return false;
    let digit = next < length ? text.charCodeAt(next) - 0x30 : END;
    next++;
    if (digit >>> 0 < 10 && octet > 0) {
      octet = 10 * octet + digit;
      digit = next < length ? text.charCodeAt(next) - 0x30 : END;
      next++;
      if (digit >>> 0 < 10) {
        octet = 10 * octet + digit;
        digit = next < length ? text.charCodeAt(next) - 0x30 : END;
        next++;
      }
    }
    if (digit !== END || octet > 255) return false;
    into[at + i] = octet;
  }
  return next === length + 1;
}

/** What ends an octet: a dot, less the code of "0"; the end of the text counts as one. */
const END = -2;

/** The longest text of an IPv6 address: six groups and dotted decimal. */
const IPV6_TEXT_MAX_LENGTH = 45;
const characters: Uint8Array = /* @__PURE__ */ new Uint8Array(IPV6_TEXT_MAX_LENGTH);

/** Writes 16 bytes; false unless `text` is an IPv6 address, as {@link scanIPv6} reads it, and nothing else. */
export function parseIPv6(text: string, into: Uint8Array, at: number): boolean {
  const { length } = text;
  if (length > IPV6_TEXT_MAX_LENGTH) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    characters[i] = code;
  }
  return scanIPv6(characters, 0, length, into, at) === length;
}
