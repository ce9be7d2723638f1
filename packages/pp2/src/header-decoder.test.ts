import { expect, test } from "vitest";
import { encode, HeaderDecoder, nlbHeader, ssl } from "./index.ts";

const nlb = nlbHeader({
  source: { address: "203.0.113.7", port: 51234 },
  destination: { address: "10.0.0.5", port: 443 },
  awsVpcEndpointId: "vpce-08d2bf15fac5001c9",
});
const payload = Uint8Array.of(1, 2, 3);
const segment = Uint8Array.of(...nlb, ...payload);

test("a header that is whole in the first chunk is decoded in place: TLVs and rest are views of the chunk", () => {
  const decoder = new HeaderDecoder();
  const result = decoder.push(segment);
  expect(result).toMatchObject({ status: "ok", bytesRead: 100 });
  expect(decoder.rest).toEqual(payload);
  expect(decoder.rest.buffer).toBe(segment.buffer);
  if (result.status === "ok") expect(result.header.tlv(0xea)?.buffer).toBe(segment.buffer);
});

test("a header in pieces does not depend on the chunks afterwards", () => {
  const decoder = new HeaderDecoder();
  const [head, tail] = [segment.slice(0, 60), segment.slice(60)];
  expect(decoder.push(head)).toEqual({ status: "incomplete", bytesNeeded: 100 });
  expect(decoder.rest).toHaveLength(0);
  head.fill(0xff);
  const result = decoder.push(tail);
  expect(decoder.rest).toEqual(payload);
  tail.fill(0xff);
  if (result.status !== "ok") throw new Error(JSON.stringify(result));
  expect(result.header.source).toEqual({ address: "203.0.113.7", port: 51234 });
  expect(result.header.tlv(0xea)).toHaveLength(23);
});

test("end makes an unfinished header invalid at the byte that was reached, and keeps a result that is final", () => {
  const decoder = new HeaderDecoder();
  expect(decoder.end()).toMatchObject({ status: "invalid", code: "PP2_TRUNCATED", offset: 0 });
  decoder.reset();
  decoder.push(nlb.subarray(0, 20));
  decoder.push(nlb.subarray(20, 50));
  expect(decoder.end()).toMatchObject({ code: "PP2_TRUNCATED", offset: 50 });
  expect(decoder.push(nlb.subarray(50))).toMatchObject({ code: "PP2_TRUNCATED" });
  decoder.reset();
  const ok = decoder.push(nlb);
  expect(decoder.end()).toBe(ok);
});

test("options.end has no meaning for a stream: the first chunk may be a part", () => {
  expect(new HeaderDecoder({ end: true }).push(nlb.subarray(0, 10))).toMatchObject({ status: "incomplete" });
});

test("what is pushed after the header is appended to rest", () => {
  const decoder = new HeaderDecoder();
  const result = decoder.push(segment);
  expect(decoder.push(Uint8Array.of(4))).toBe(result);
  expect(decoder.rest).toEqual(Uint8Array.of(1, 2, 3, 4));
});

test("an empty chunk is nothing", () => {
  const decoder = new HeaderDecoder();
  expect(decoder.push(new Uint8Array(0))).toEqual({ status: "incomplete", bytesNeeded: 15 });
  decoder.push(segment.subarray(0, 1));
  expect(decoder.push(new Uint8Array(0))).toEqual({ status: "incomplete", bytesNeeded: 16 });
  expect(decoder.push(segment.subarray(1))).toMatchObject({ status: "ok" });
});

test("reset takes the next stream and leaves headers alone that were handed out", () => {
  const decoder = new HeaderDecoder();
  decoder.push(nlb.subarray(0, 90));
  const first = decoder.push(nlb.subarray(90));
  decoder.reset();
  expect(decoder.rest).toHaveLength(0);
  expect(decoder.push(encode({}))).toMatchObject({ header: { command: "LOCAL" } });
  if (first.status !== "ok") throw new Error(JSON.stringify(first));
  expect(first.header.tlv(3)).toHaveLength(4);
  expect(ssl(first.header)).toBeUndefined();
});

test("a version 1 line comes in any pieces, its payload untouched", () => {
  const bytes = new TextEncoder().encode("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\nhello");
  for (let size = 1; size <= bytes.length; size++) {
    const decoder = new HeaderDecoder();
    let rest = 0;
    for (let at = 0; at < bytes.length; at += size) {
      if (decoder.push(bytes.subarray(at, at + size)).status === "ok") rest = decoder.rest.length;
    }
    expect(rest, `pieces of ${size}`).toBe(7);
  }
});

test("programmer errors throw: a chunk that is no Uint8Array, options that make no sense", () => {
  const decoder = new HeaderDecoder();
  expect(() => decoder.push("PROXY" as unknown as Uint8Array)).toThrow(TypeError);
  expect(() => new HeaderDecoder({ maxHeaderSize: 15 })).toThrow(RangeError);
  expect(() => new HeaderDecoder({ maxHeaderSize: 65552 })).toThrow(RangeError);
  expect(() => new HeaderDecoder({ versions: [] })).toThrow(RangeError);
  expect(() => new HeaderDecoder({ crc32c: "yes" as "verify" })).toThrow(RangeError);
});
