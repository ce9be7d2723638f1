import fc from "fast-check";
import { expect, test } from "vitest";
import { encode, HeaderTemplate, type HeaderTemplateInit, type Tlv } from "./index.ts";

const port = fc.integer({ min: 0, max: 65535 });
const ipv4 = { address: fc.ipV4(), port };
const ipv6 = { address: fc.ipV6().filter((text) => !text.includes("%")), port };
const tlv: fc.Arbitrary<Tlv> = fc.record({
  type: fc.constantFrom(1, 2, 4, 0xe5),
  value: fc.uint8Array({ maxLength: 300 }),
});
const constants = fc.record(
  {
    transport: fc.constantFrom("STREAM" as const, "DGRAM" as const),
    tlvs: fc.array(tlv, { maxLength: 4 }),
    awsVpcEndpointId: fc.constantFrom("vpce-08d2bf15fac5001c9", "vpce-1"),
    crc32c: fc.boolean(),
    padTo: fc.constant(2000),
  },
  { requiredKeys: [] },
);

test.each([
  ["INET", fc.record(ipv4)],
  ["INET6", fc.record(ipv6)],
  ["INET6", fc.record(ipv4)],
] as const)(
  "a template of family %s writes what encode does, for any constants and any addresses",
  (family, endpoint) => {
    fc.assert(
      fc.property(constants, fc.array(fc.tuple(endpoint, endpoint), { minLength: 1, maxLength: 5 }), (init, pairs) => {
        const template = new HeaderTemplate({ family, ...init });
        for (const [source, destination] of pairs) {
          const expected = encode({ ...init, family, source, destination });
          expect(template.encode(source, destination)).toEqual(expected);
          expect(template.length).toBe(expected.length);
        }
      }),
      { numRuns: 100 },
    );
  },
);

test("addresses as numbers and as bytes give the same header as text, whatever was written before", () => {
  const template = new HeaderTemplate({ family: "INET", crc32c: true, padTo: 100 });
  const [source, destination] = [
    { address: "203.0.113.7", port: 51234 },
    { address: "10.0.0.5", port: 443 },
  ];
  const expected = template.encode(source, destination);
  const target = new Uint8Array(110);
  const written = (): Uint8Array => target.slice(5, 105);
  expect(template.encodeIPv4Into(target, 5, 0xcb007107, 51234, 0x0a000005, 443)).toBe(100);
  expect(written()).toEqual(expected);
  const other = template.encode({ address: "1.2.3.4", port: 1 }, { address: "5.6.7.8", port: 2 });
  expect(
    template.encodeBytesInto(target, 5, Uint8Array.of(203, 0, 113, 7), 51234, Uint8Array.of(10, 0, 0, 5), 443),
  ).toBe(100);
  expect(written()).toEqual(expected);
  expect(template.encode({ address: "1.2.3.4", port: 1 }, { address: "5.6.7.8", port: 2 })).toEqual(other);
});

test("a template of family INET6 takes 16 bytes", () => {
  const template = new HeaderTemplate({ family: "INET6", crc32c: true });
  const target = new Uint8Array(template.length);
  template.encodeBytesInto(target, 0, new Uint8Array(16).fill(1), 1, new Uint8Array(16).fill(2), 2);
  const end = (digit: number, port: number) => ({ address: Array(8).fill(`${digit}0${digit}`).join(":"), port });
  expect(target).toEqual(template.encode(end(1, 1), end(2, 2)));
});

test("what cannot be written is refused, and nothing has been written", () => {
  const template = new HeaderTemplate({ family: "INET" });
  const target = new Uint8Array(28);
  const [good, port1] = [
    { address: "10.0.0.1", port: 1 },
    { address: "10.0.0.1", port: 65536 },
  ];
  const code = (expected: string) => expect.objectContaining({ code: expected });
  expect(() => template.encodeInto(target, 0, { address: "::1", port: 1 }, good)).toThrow(code("PP2_INVALID_ADDRESS"));
  expect(() => template.encodeInto(target, 0, good, { address: "10.0.0.256", port: 1 })).toThrow(
    code("PP2_INVALID_ADDRESS"),
  );
  expect(() => template.encodeInto(target, 0, good, port1)).toThrow(code("PP2_INVALID_PORT"));
  expect(() => template.encodeInto(target, 1, good, good)).toThrow(code("PP2_TARGET_TOO_SMALL"));
  expect(() => template.encodeBytesInto(target, 0, new Uint8Array(16), 1, new Uint8Array(16), 1)).toThrow(
    code("PP2_INVALID_ADDRESS"),
  );
  expect(() => new HeaderTemplate({ family: "INET6" }).encodeIPv4Into(new Uint8Array(52), 0, 1, 1, 1, 1)).toThrow(
    code("PP2_INVALID_ADDRESS"),
  );
  expect(target.every((byte) => byte === 0)).toBe(true);
  // A text that failed half-way is not taken for one that has been read.
  expect(() => template.encodeInto(target, 0, { address: "9.9.9.999", port: 1 }, good)).toThrow(
    code("PP2_INVALID_ADDRESS"),
  );
  expect(template.encode(good, good)).toEqual(encode({ source: good, destination: good }));
});

test("constants that make no header are refused when the template is made", () => {
  expect(() => new HeaderTemplate({ family: "UNIX" } as unknown as HeaderTemplateInit)).toThrow(
    expect.objectContaining({ code: "PP2_INVALID_FAMILY" }),
  );
  expect(() => new HeaderTemplate({ family: "INET", padTo: 29 })).toThrow(
    expect.objectContaining({ code: "PP2_INVALID_PADDING" }),
  );
});
