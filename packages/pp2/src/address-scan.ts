import { writeUint16 } from "./big-endian.ts";

/*
 * Addresses and numbers read from text that is in bytes, without a string. Each function reads from `at` to the first byte
 * that does not belong to what it reads, at most to `end`, and returns -1 when that is not what it should be.
 */

const DOT = 0x2e;
const COLON = 0x3a;

/**
 * A number of up to `max` in decimal digits without leading zeros: "01" is 1 to some parsers and an octal number to
 * others. Its digits are as many as {@link digits} says.
 */
export function scanDecimal(bytes: Uint8Array, at: number, end: number, max: number): number {
  let value = -1;
  for (let i = at; i < end; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    if (value === 0) return -1;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > max) return -1;
  }
  return value;
}

/** How many digits a number below 100000 has. */
export function digits(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2;
  if (value < 1000) return 3;
  return value < 10_000 ? 4 : 5;
}

/** Writes the 4 bytes of an IPv4 address to `into[to]` and returns the index behind its text: four decimals up to 255. */
export function scanIPv4(bytes: Uint8Array, at: number, end: number, into: Uint8Array, to: number): number {
  let next = at;
  for (let i = 0; i < 4; i++) {
    if (i > 0 && (next >= end || bytes[next++] !== DOT)) return -1;
    const octet = scanDecimal(bytes, next, end, 255);
    if (octet < 0) return -1;
    into[to + i] = octet;
    next += digits(octet);
  }
  return next;
}

/**
 * Writes the 16 bytes of an IPv6 address to `into[to]` and returns the index behind its text: groups of 1 to 4 hexadecimal
 * digits, at most one `::` that stands for at least one group, the last 32 bits in dotted decimal if wanted (RFC 4291
 * §2.2). No zone.
 */
export function scanIPv6(bytes: Uint8Array, at: number, end: number, into: Uint8Array, to: number): number {
  let next = at;
  let groups = 0;
  // How many groups come before the `::`.
  let gap = -1;
  if (startsGap(bytes, next, end)) {
    gap = 0;
    next += 2;
  }
  while (groups < 8) {
    const start = next;
    let group = 0;
    for (let digit: number; next < end && next - start < 4; next++) {
      digit = hexDigit(bytes[next] as number);
      if (digit < 0) break;
      group = (group << 4) | digit;
    }
    if (next === start) {
      // Only behind the `::` there may be nothing.
      if (groups === gap) break;
      return -1;
    }
    if (next < end && bytes[next] === DOT) {
      next = groups > 6 ? -1 : scanIPv4(bytes, start, end, into, to + 2 * groups);
      if (next < 0) return -1;
      groups += 2;
      break;
    }
    writeUint16(into, to + 2 * groups++, group);
    if (startsGap(bytes, next, end)) {
      if (gap >= 0) return -1;
      gap = groups;
      next += 2;
    } else if (groups < 8 && next < end && bytes[next] === COLON) {
      next++;
    } else {
      break;
    }
  }
  if (gap < 0) return groups === 8 ? next : -1;
  if (groups === 8) return -1;
  into.copyWithin(to + 16 - 2 * (groups - gap), to + 2 * gap, to + 2 * groups);
  into.fill(0, to + 2 * gap, to + 16 - 2 * (groups - gap));
  return next;
}

function startsGap(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && bytes[at] === COLON && bytes[at + 1] === COLON;
}

/** -1 when it is none. */
function hexDigit(byte: number): number {
  const decimal = byte - 0x30;
  if (decimal >= 0 && decimal < 10) return decimal;
  const letter = (byte | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}
