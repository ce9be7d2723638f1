import { expect, test } from "vitest";
import { azureLinkId } from "./index.ts";

const withValue = (...value: number[]) => ({
  tlv: () => Uint8Array.from([9, ...value, 9]).subarray(1, 1 + value.length),
});

test("the LinkID is little-endian and unsigned", () => {
  expect(azureLinkId(withValue(1, 0xc1, 0x45, 0x00, 0x21))).toBe(553665985);
  expect(azureLinkId(withValue(1, 0xff, 0xff, 0xff, 0xff))).toBe(0xffffffff);
});

test("another subtype or length is none", () => {
  for (const value of [[], [1], [2, 1, 2, 3, 4], [1, 1, 2, 3], [1, 1, 2, 3, 4, 5]]) {
    expect(azureLinkId(withValue(...value))).toBeUndefined();
  }
  expect(azureLinkId({ tlv: () => undefined })).toBeUndefined();
});
