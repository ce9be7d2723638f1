import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  awsVpcEndpointId,
  decode,
  encode,
  HeaderTemplate,
  HeaderView,
  nlbHeader,
  STATUS_INCOMPLETE,
  STATUS_INVALID,
  STATUS_OK,
} from "./index.ts";

const vpcEndpoint = "vpce-08d2bf15fac5001c9";
const source = { address: "203.0.113.7", port: 51234 };
const destination = { address: "10.0.0.5", port: 443 };
const nlb = nlbHeader({ source, destination, awsVpcEndpointId: vpcEndpoint });

test("tells everything that a header does, from the buffer itself", () => {
  const view = new HeaderView();
  expect(view.decode(nlb)).toBe(STATUS_OK);
  expect(view).toMatchObject({
    status: STATUS_OK,
    bytesRead: 100,
    bytesNeeded: 0,
    errorCode: undefined,
    version: 2,
    command: "PROXY",
    family: "INET",
    transport: "STREAM",
    sourcePort: 51234,
    destinationPort: 443,
    addressLength: 4,
  });
  expect(view.sourceAddress()).toBe("203.0.113.7");
  expect(view.destinationAddress()).toBe("10.0.0.5");
  expect([...view.addressBytes.subarray(view.sourceOffset, view.sourceOffset + 4)]).toEqual([203, 0, 113, 7]);
  expect([...view.addressBytes.subarray(view.destinationOffset, view.destinationOffset + 4)]).toEqual([10, 0, 0, 5]);
  expect(view.awsVpcEndpointId()).toBe(vpcEndpoint);
  expect(awsVpcEndpointId(view)).toBe(vpcEndpoint);
});

test("its own copy of a version 1 line's addresses is read the same way", () => {
  const view = new HeaderView();
  view.decode(encode({ version: 1, source, destination }));
  expect(view).toMatchObject({ version: 1, family: "INET", sourcePort: 51234, destinationPort: 443 });
  expect(view.sourceAddress()).toBe("203.0.113.7");
  expect(view.nextTlv()).toBe(false);
});

test("the cursor walks all TLVs, finds one, and starts anew with each decode", () => {
  const view = new HeaderView();
  view.decode(nlb);
  const seen: unknown[] = [];
  while (view.nextTlv()) seen.push([view.tlvType, view.tlvEnd - view.tlvStart]);
  expect(seen).toEqual([
    [3, 4],
    [0xea, 23],
    [4, 36],
  ]);
  expect(view.find(0xea)).toBe(true);
  expect(view.bytes[view.tlvStart]).toBe(1);
  expect(view.find(0x20)).toBe(false);
  expect([view.tlvType, view.tlvEnd - view.tlvStart]).toEqual([-1, 0]);
  view.find(4);
  view.decode(nlb);
  expect(view.nextTlv() && view.tlvType).toBe(3);
});

test("nothing of one header shows in the next", () => {
  const view = new HeaderView();
  view.decode(nlb);
  view.sourceAddress();
  view.awsVpcEndpointId();
  expect(view.decode(encode({}))).toBe(STATUS_OK);
  expect(view).toMatchObject({ command: "LOCAL", family: "UNSPEC", sourcePort: 0, addressLength: 0, bytesRead: 16 });
  expect(view.sourceAddress()).toBeUndefined();
  expect(view.awsVpcEndpointId()).toBeUndefined();
  expect(view.decode(nlb.subarray(0, 50))).toBe(STATUS_INCOMPLETE);
  expect(view).toMatchObject({ bytesNeeded: 100, bytesRead: 0, errorCode: undefined });
  expect(view.decode(Uint8Array.of(1))).toBe(STATUS_INVALID);
  expect(view).toMatchObject({ bytesNeeded: 0, errorCode: "PP2_NOT_PROXY_PROTOCOL", errorOffset: 0 });
});

test("a remembered text is given only for the very same bytes", () => {
  const view = new HeaderView();
  const template = new HeaderTemplate({ family: "INET" });
  for (let last = 0; last < 256; last++) {
    const address = `192.0.${last >> 1}.${last}`;
    view.decode(template.encode({ address, port: 1 }, { address: "10.0.0.1", port: 2 }));
    expect([view.sourceAddress(), view.destinationAddress()]).toEqual([address, "10.0.0.1"]);
  }
  for (const id of [
    vpcEndpoint,
    "vpce-08d2bf15fac5001c8",
    "vpce-08d2bf15fac5001c",
    "v",
    "vp",
    "vpc-",
    `vpce-${"0".repeat(40)}`,
    "v",
  ]) {
    view.decode(encode({ awsVpcEndpointId: id }));
    expect(view.awsVpcEndpointId()).toBe(id);
  }
  for (let length = 1; length < 30; length++) {
    const id = "a".repeat(length);
    for (let at = 0; at < length; at++) {
      const other = `${id.slice(0, at)}b${id.slice(at + 1)}`;
      for (const awsVpcEndpointId of [id, other]) {
        view.decode(encode({ awsVpcEndpointId }));
        expect(view.awsVpcEndpointId()).toBe(awsVpcEndpointId);
      }
    }
  }
  view.decode(encode({ tlvs: [{ type: 0xea, value: Uint8Array.of(1, 0x0a) }] }));
  expect(view.awsVpcEndpointId()).toBeUndefined();
});

test("start and end choose a part of the buffer; out of it they are what subarray makes of them", () => {
  const view = new HeaderView();
  const bytes = Uint8Array.of(9, 9, ...nlb, 9);
  expect(view.decode(bytes, undefined, 2)).toBe(STATUS_OK);
  expect(view.bytesRead).toBe(100);
  expect(view.decode(bytes, undefined, 2, 101)).toBe(STATUS_INCOMPLETE);
  expect(view.awsVpcEndpointId()).toBe(vpcEndpoint);
});

test("options of a call hold for that call only", () => {
  const view = new HeaderView({ versions: [2] });
  const wrong = nlb.slice();
  wrong[20] = 0;
  expect(view.decode(wrong)).toBe(STATUS_INVALID);
  expect(view.decode(wrong, { crc32c: "ignore" })).toBe(STATUS_OK);
  expect(view.decode(wrong)).toBe(STATUS_INVALID);
  expect(view.decode(encode({ version: 1 }))).toBe(STATUS_INVALID);
});

test("toHeader is a copy to keep, of a Buffer too; a borrowed one and decode's are not", () => {
  const bytes = Buffer.from(nlb);
  const view = new HeaderView();
  view.decode(bytes);
  const kept = view.toHeader();
  const borrowed = view.toHeader(true);
  const decoded = decode(bytes);
  bytes.fill(0);
  view.release();
  expect(kept.source).toEqual(source);
  expect([...kept.tlvs]).toHaveLength(3);
  expect(awsVpcEndpointId(kept)).toBe(vpcEndpoint);
  expect(borrowed.source).toEqual(source);
  expect(borrowed.tlv(0xea)).toBeUndefined();
  expect(decoded).toMatchObject({ header: { source } });
});

test("bytes that are no Uint8Array are a TypeError, a Uint8Array of another realm is fine", () => {
  const view = new HeaderView();
  for (const value of [
    "PROXY",
    null,
    undefined,
    [],
    new ArrayBuffer(4),
    new Int8Array(4),
    new DataView(new ArrayBuffer(4)),
    Array.from(nlb),
    Uint16Array.from(nlb),
  ]) {
    expect(() => view.decode(value as unknown as Uint8Array)).toThrow(new TypeError("not a Uint8Array"));
  }
  expect(view.decode(runInNewContext("Uint8Array.of(13, 10)"))).toBe(STATUS_INCOMPLETE);
  const foreign: Uint8Array = runInNewContext("Uint8Array.from(bytes)", { bytes: [...nlb, 1, 2] });
  expect(foreign).not.toBeInstanceOf(Uint8Array);
  expect(view.decode(foreign)).toBe(STATUS_OK);
  expect(view.bytesRead).toBe(nlb.length);
  expect(view.awsVpcEndpointId()).toBe(vpcEndpoint);
  expect(view.decode(foreign, undefined, 1)).toBe(STATUS_INVALID);
});

describe("allocates nothing", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;

  /**
   * Heap growth in bytes over a million rounds. It is measured in batches: what a round allocates, it allocates in each of them,
   * while a collection, or something that V8's compiler or the test runner needs, concerns few, so the median tells. No collection
   * is asked for between them, after which V8 would compile anew. To measure allocates too.
   */
  function growth(round: (i: number) => void): number {
    const batches = 20;
    const batch = 50_000;
    const median = (rounds: number): number => {
      const growths = Array.from({ length: batches }, () => {
        const before = process.memoryUsage().heapUsed;
        for (let i = 0; i < rounds; i++) round(i);
        return process.memoryUsage().heapUsed - before;
      });
      return growths.sort((a, b) => a - b)[batches / 2] as number;
    };
    for (let i = 0; i < 500_000; i++) round(i);
    collectGarbage();
    median(batch);
    return (median(batch) - median(0)) * batches;
  }

  test("a million decodes, TLV walks and look-ups grow the heap by less than 64 KiB, garbage included", () => {
    const view = new HeaderView();
    // Kept small: a number beyond 31 bits would be an object on the heap, of this test's making.
    let sum = 0;
    const grown = growth(() => {
      sum ^= view.decode(nlb) ^ view.sourcePort ^ view.destinationPort;
      while (view.nextTlv()) sum ^= view.tlvType ^ view.tlvEnd ^ view.tlvStart;
      if (view.find(0xea)) sum ^= 1;
      if (view.sourceAddress() === view.destinationAddress() || view.awsVpcEndpointId() === undefined) sum ^= 2;
    });
    expect(sum).toBeGreaterThanOrEqual(0);
    expect(grown).toBeLessThan(64 * 1024);
  });

  test("so do a million version 1 lines", () => {
    const line = encode({ version: 1, source, destination });
    const view = new HeaderView();
    let sum = 0;
    const grown = growth(() => {
      sum ^= view.decode(line) ^ view.sourcePort ^ view.destinationPort;
      if (view.sourceAddress() === view.destinationAddress()) sum ^= 1;
    });
    expect(sum).toBeGreaterThanOrEqual(0);
    expect(grown).toBeLessThan(64 * 1024);
  });

  test("so do a million headers of a template", () => {
    const template = new HeaderTemplate({ family: "INET", crc32c: true, awsVpcEndpointId: vpcEndpoint, padTo: 100 });
    const target = new Uint8Array(100);
    expect(
      growth((i) => {
        template.encodeIPv4Into(target, 0, 0x0a000000 + (i & 0xffff), i & 0xffff, 0x0a000005, 443);
      }),
    ).toBeLessThan(64 * 1024);
  });
});
