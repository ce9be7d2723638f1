/** CRC-32C (Castagnoli), reflected. */
const POLYNOMIAL = 0x82f63b78;

/**
 * Sixteen tables of 256 entries: entry `256 * k + b` is what byte `b` adds to the remainder when k bytes follow it.
 * A constant, and not made at first use: only then does V8 know its length and leave out the bounds checks, which are
 * a third of the time.
 */
const tables: Int32Array = /* @__PURE__ */ makeTables();

function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
    made[byte] = remainder;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] as number;
    made[at] = (before >>> 8) ^ (made[before & 0xff] as number);
  }
  return made;
}

/**
 * CRC32C of `bytes`: u32, as PP2_TYPE_CRC32C carries it (PROXY protocol §2.2.3).
 * `seed` is the CRC of the bytes that come before, to go on from: `crc32c(b, crc32c(a))` is that of `a` and `b`.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  return ~crcOver(~seed, bytes, 0, bytes.length) >>> 0;
}

/** The remainder after the 12 bytes of the signature, with which every header begins: an eighth of AWS's 100 bytes. */
const AFTER_SIGNATURE = 0x3135c793;

/** What the seven bytes of the CRC's own TLV add to the remainder: type 3, length 4, and zeros for the value. */
const OF_CRC_TLV = 0x5840cbe8;

/**
 * CRC of a header in `bytes[start, end)` whose CRC field, 4 bytes at `field`, counts as zeros (§2.2.3). The caller has
 * seen to the signature and to type and length of the TLV around the field; they are not looked at.
 */
export function headerCrc(bytes: Uint8Array, start: number, field: number, end: number): number {
  const untilField = overFour(crcOver(AFTER_SIGNATURE, bytes, start + 12, field - 3), 768) ^ OF_CRC_TLV;
  return ~crcOver(untilField, bytes, field + 4, end);
}

/** The remainder after `bytes[start, end)`, sixteen bytes at a step ("slicing by 16"). */
export function crcOver(remainder: number, bytes: Uint8Array, start: number, end: number): number {
  const t = tables;
  let crc = remainder;
  let at = start;
  for (const stop = end - 15; at < stop; at += 16) {
    // What does not depend on the remainder can be looked up while it is still being made.
    const rest =
      (t[2816 + (bytes[at + 4] as number)] as number) ^
      (t[2560 + (bytes[at + 5] as number)] as number) ^
      (t[2304 + (bytes[at + 6] as number)] as number) ^
      (t[2048 + (bytes[at + 7] as number)] as number) ^
      (t[1792 + (bytes[at + 8] as number)] as number) ^
      (t[1536 + (bytes[at + 9] as number)] as number) ^
      (t[1280 + (bytes[at + 10] as number)] as number) ^
      (t[1024 + (bytes[at + 11] as number)] as number) ^
      (t[768 + (bytes[at + 12] as number)] as number) ^
      (t[512 + (bytes[at + 13] as number)] as number) ^
      (t[256 + (bytes[at + 14] as number)] as number) ^
      (t[bytes[at + 15] as number] as number);
    crc = overFour(crc ^ littleEndian(bytes, at), 3072) ^ rest;
  }
  for (const stop = end - 3; at < stop; at += 4) crc = overFour(crc ^ littleEndian(bytes, at), 0);
  for (; at < end; at++) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return crc;
}

/** The remainder four bytes on, with `after / 256` more to come; those bytes, unless zeros, have been XORed in. */
function overFour(crc: number, after: number): number {
  const t = tables;
  return (
    (t[after + 768 + (crc & 0xff)] as number) ^
    (t[after + 512 + ((crc >>> 8) & 0xff)] as number) ^
    (t[after + 256 + ((crc >>> 16) & 0xff)] as number) ^
    (t[after + (crc >>> 24)] as number)
  );
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
