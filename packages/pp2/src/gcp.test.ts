import { expect, test } from "vitest";
import { gcpPscConnectionId } from "./index.ts";

const withValue = (...value: number[]) => ({
  tlv: () => Uint8Array.from([9, ...value, 9]).subarray(1, 1 + value.length),
});

test("the connection id is a u64, beyond what a number can hold", () => {
  expect(gcpPscConnectionId(withValue(0xff, 0xff, 0xff, 0xff, 0xc0, 0xa8, 0x64, 0x02))).toBe(18446744072646845442n);
});

test("another length is none: other senders use the type for other things", () => {
  for (const length of [0, 7, 9, 16])
    expect(gcpPscConnectionId(withValue(...new Array(length).fill(1)))).toBeUndefined();
  expect(gcpPscConnectionId({ tlv: () => undefined })).toBeUndefined();
});
