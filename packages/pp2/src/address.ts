import { UNIX_ADDRESS_LENGTH } from "./constants.ts";
import { latin1 } from "./text.ts";

/** The bytes that an IPv4 and an IPv6 address take. */
export const IPV4_LENGTH = 4;
export const IPV6_LENGTH = 16;

/** The text of the address in `bytes[start, end)`; its length tells the family. */
export function formatAddress(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === IPV4_LENGTH) return formatIPv4(bytes, start);
  if (end - start === IPV6_LENGTH) return formatIPv6(bytes, start);
  return formatUnix(bytes, start, end);
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
 * (§4); the dotted form for IPv4-mapped addresses (§5), as `inet_ntop` and Node write them.
 */
export function formatIPv6(bytes: Uint8Array, at: number): string {
  const [from, to] = longestZeroRun(bytes, at);
  if (from === 0 && to === 5 && bytes[at + 10] === 0xff && bytes[at + 11] === 0xff) {
    return `::ffff:${formatIPv4(bytes, at + 12)}`;
  }
  if (from === to) return hexGroups(bytes, at, 0, 8);
  return `${hexGroups(bytes, at, 0, from)}::${hexGroups(bytes, at, to, 8)}`;
}

/** Version 1 knows hexadecimal groups only (§2.1), so a mapped address has no dots there. */
export function formatIPv6Hex(bytes: Uint8Array, at: number): string {
  const [from, to] = longestZeroRun(bytes, at);
  if (from === to) return hexGroups(bytes, at, 0, 8);
  return `${hexGroups(bytes, at, 0, from)}::${hexGroups(bytes, at, to, 8)}`;
}

function longestZeroRun(bytes: Uint8Array, at: number): readonly [from: number, to: number] {
  let from = 0;
  let to = 0;
  let runStart = 0;
  for (let group = 0; group < 8; group++) {
    if (bytes[at + 2 * group] !== 0 || bytes[at + 2 * group + 1] !== 0) {
      runStart = group + 1;
    } else if (group - runStart >= 1 && group + 1 - runStart > to - from) {
      from = runStart;
      to = group + 1;
    }
  }
  return [from, to];
}

function hexGroups(bytes: Uint8Array, at: number, from: number, to: number): string {
  let text = "";
  for (let group = from; group < to; group++) {
    const value = ((bytes[at + 2 * group] as number) << 8) | (bytes[at + 2 * group + 1] as number);
    text += group === from ? value.toString(16) : `:${value.toString(16)}`;
  }
  return text;
}

/**
 * A path ends at its first NUL or fills all 108 bytes. A name that begins with NUL is one of Linux's abstract
 * namespace: it keeps that NUL, and only the NULs after it that fill it up are cut.
 */
function formatUnix(bytes: Uint8Array, start: number, end: number): string {
  let stop = end;
  if (bytes[start] === 0) while (stop > start && bytes[stop - 1] === 0) stop--;
  else {
    const nul = bytes.indexOf(0, start);
    if (nul >= 0 && nul < end) stop = nul;
  }
  return latin1(bytes, start, stop);
}

/** Writes 108 bytes; false when the text is longer or has a character that is no byte. */
export function parseUnix(text: string, into: Uint8Array, at: number): boolean {
  if (text.length > UNIX_ADDRESS_LENGTH) return false;
  // What decoding would cut off is refused, so that nothing is lost on the way.
  if (text[0] === "\0" ? text.endsWith("\0") : text.includes("\0")) return false;
  into.fill(0, at, at + UNIX_ADDRESS_LENGTH);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return false;
    into[at + i] = code;
  }
  return true;
}

const DOT = 0x2e;
const COLON = 0x3a;

/**
 * Writes 4 bytes; false unless `text` from `from` on is exactly four decimals from 0 to 255 without leading zeros:
 * "01" is 1 to some parsers and an octal number to others.
 */
export function parseIPv4(text: string, into: Uint8Array, at: number, from = 0): boolean {
  let value = -1;
  let octet = 0;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (value < 0 || octet === 3) return false;
      into[at + octet++] = value;
      value = -1;
      continue;
    }
    const digit = code - 0x30;
    if (digit < 0 || digit > 9 || value === 0) return false;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return false;
  }
  into[at + octet] = value;
  return octet === 3 && value >= 0;
}

/**
 * Writes 16 bytes; false unless `text` is an IPv6 address: groups of 1 to 4 hexadecimal digits, at most one `::`
 * that stands for at least one group, the last 32 bits in dotted decimal if wanted (RFC 4291 §2.2). No zone.
 */
export function parseIPv6(text: string, into: Uint8Array, at: number): boolean {
  const groups: number[] = [];
  let gap = -1;
  let i = 0;
  if (text.startsWith("::")) {
    gap = 0;
    i = 2;
  }
  while (i < text.length) {
    const start = i;
    let value = 0;
    let digit = hexDigit(text.charCodeAt(i));
    while (digit >= 0 && i - start < 4) {
      value = (value << 4) | digit;
      digit = hexDigit(text.charCodeAt(++i));
    }
    if (text.charCodeAt(i) === DOT && groups.length <= 6) {
      const quad = new Uint8Array(IPV4_LENGTH);
      if (!parseIPv4(text, quad, 0, start)) return false;
      const [a, b, c, d] = quad as unknown as [number, number, number, number];
      groups.push((a << 8) | b, (c << 8) | d);
      break;
    }
    if (i === start || groups.length === 8) return false;
    groups.push(value);
    if (i === text.length) break;
    if (text.charCodeAt(i) !== COLON) return false;
    i++;
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return false;
      gap = groups.length;
      i++;
    } else if (i === text.length) return false;
  }
  if (gap < 0 ? groups.length !== 8 : groups.length > 7) return false;
  into.fill(0, at, at + IPV6_LENGTH);
  const moved = 8 - groups.length;
  groups.forEach((group, index) => {
    const position = at + 2 * (gap >= 0 && index >= gap ? index + moved : index);
    into[position] = group >>> 8;
    into[position + 1] = group;
  });
  return true;
}

/** -1 when it is none; also for NaN, which is what charCodeAt gives past the end. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
