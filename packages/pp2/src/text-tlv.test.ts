import { expect, test } from "vitest";
import { alpn, authority, netns, uniqueId } from "./index.ts";

const withValue = (value: Uint8Array | undefined) => ({ tlv: () => value });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["authority", authority],
  ["alpn", alpn],
  ["uniqueId", uniqueId],
  ["netns", netns],
] as const)("%s: text, empty text, undefined when missing or no UTF-8", (_, get) => {
  expect(get(withValue(bytes("h2")))).toBe("h2");
  expect(get(withValue(bytes("")))).toBe("");
  expect(get(withValue(undefined))).toBeUndefined();
  for (const broken of [[0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0x80]]) {
    expect(get(withValue(Uint8Array.from(broken)))).toBeUndefined();
  }
});

test("UTF-8 is kept as it is, a byte order mark included", () => {
  expect(authority(withValue(bytes("\ufeffbücher.example")))).toBe("\ufeffbücher.example");
});

test("netns is US-ASCII", () => expect(netns(withValue(bytes("é")))).toBeUndefined());

test("a UNIQUE_ID of 129 bytes is none", () => {
  expect(uniqueId(withValue(new Uint8Array(128).fill(0x61)))).toHaveLength(128);
  expect(uniqueId(withValue(new Uint8Array(129).fill(0x61)))).toBeUndefined();
});
