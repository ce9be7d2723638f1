import { expect, test } from "vitest";
import { crc32c, headerCrc } from "./crc32c.ts";

/** As the definition says it, one bit at a time. */
function bitwise(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

test("the published check values: Castagnoli, not the CRC-32 of zip", () => {
  expect(crc32c(ascii("123456789"))).toBe(0xe3069283);
  // RFC 3720 §B.4.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

test("any length agrees with the bitwise definition, so the steps of sixteen, four and one do", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 167 + 13) & 0xff);
  for (let start = 0; start < 8; start++) {
    for (let end = start; end <= bytes.length; end++) {
      expect(crc32c(bytes.subarray(start, end))).toBe(bitwise(bytes.subarray(start, end)));
    }
  }
});

test("the seed goes on from the bytes before", () => {
  const bytes = ascii("The quick brown fox jumps over the lazy dog");
  for (let at = 0; at <= bytes.length; at++) {
    expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(crc32c(bytes));
  }
});

test("a header's CRC counts its own field as zeros, wherever the TLV is", () => {
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  for (let before = 4; before < 40; before++) {
    for (let after = 0; after < 20; after++) {
      const noise = (length: number): number[] => Array.from({ length }, (_, i) => (i * 71 + before) & 0xff);
      const header = (field: readonly number[]): Uint8Array =>
        Uint8Array.of(...signature, ...noise(before), 3, 0, 4, ...field, ...noise(after));
      const bytes = header([0xde, 0xad, 0xbe, 0xef]);
      const crc = headerCrc(bytes, 0, signature.length + before + 3, bytes.length) >>> 0;
      expect(crc).toBe(bitwise(header([0, 0, 0, 0])));
    }
  }
});
