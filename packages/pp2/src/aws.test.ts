import { expect, test } from "vitest";
import { awsVpcEndpointId, decode, encode } from "./index.ts";

const withValue = (...value: number[]) => ({
  tlv: (type: number) => (type === 0xea ? Uint8Array.from(value) : undefined),
});

test("the id of subtype 1; undefined for other subtypes, no id, and what is no id", () => {
  expect(awsVpcEndpointId(withValue(1, 0x76, 0x2d, 0x5a, 0x39))).toBe("v-Z9");
  for (const value of [
    [],
    [1],
    [2, 0x76],
    [1, 0x76, 0x0a],
    [1, 0x20],
    [1, 0xff],
    [1, 0],
    [1, 0x40],
    [1, 0x5b],
    [1, 0x60],
    [1, 0x7b],
    [1, 0x2f],
    [1, 0x3a],
  ]) {
    expect(awsVpcEndpointId(withValue(...value))).toBeUndefined();
  }
});

test("ids of any length are read", () => {
  for (let length = 1; length < 80; length++) {
    const id = Array.from({ length }, (_, i) => "abcdef0123456789-"[i % 17]).join("");
    const result = decode(encode({ awsVpcEndpointId: id }));
    expect(result.status === "ok" && awsVpcEndpointId(result.header)).toBe(id);
  }
});

test("the first of two counts, and a header without one has none", () => {
  const tlvs = [{ type: 0xea, value: Uint8Array.of(1, 0x62) }];
  const result = decode(encode({ awsVpcEndpointId: "a", tlvs }));
  expect(result.status === "ok" && awsVpcEndpointId(result.header)).toBe("a");
  expect(awsVpcEndpointId({ tlv: () => undefined })).toBeUndefined();
});
