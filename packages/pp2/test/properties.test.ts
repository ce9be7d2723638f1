import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DecodeResult, decode, encode, HeaderDecoder, type HeaderInit, type Tlv } from "../src/index.ts";

const port = fc.integer({ min: 0, max: 65535 });
const ip = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((text) => !text.includes("%")),
);
const endpoint = fc.record({ address: ip, port });
const pathCharacter = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
const unixEndpoint = fc
  .tuple(fc.constantFrom("/", "\0", ""), fc.string({ unit: pathCharacter, maxLength: 107 }))
  .map(([first, rest]) => ({ address: first === "\0" && rest === "" ? "" : first + rest, port: 0 }));
const tlv: fc.Arbitrary<Tlv> = fc.record({
  type: fc.integer({ min: 0, max: 255 }).filter((type) => type !== 3 && type !== 0x20),
  value: fc.uint8Array({ maxLength: 128 }),
});
const addresses = fc.oneof(
  fc.record({ source: endpoint, destination: endpoint }),
  fc.record({ source: unixEndpoint, destination: unixEndpoint, family: fc.constant("UNIX" as const) }),
  fc.record({ command: fc.constantFrom("LOCAL" as const, "PROXY" as const) }),
);
const version2: fc.Arbitrary<HeaderInit> = fc
  .tuple(
    addresses,
    fc.record(
      {
        transport: fc.constantFrom("STREAM" as const, "DGRAM" as const),
        tlvs: fc.array(tlv, { maxLength: 6 }),
        awsVpcEndpointId: fc.stringMatching(/^[A-Za-z0-9-]{1,40}$/),
        crc32c: fc.boolean(),
        padTo: fc.constant(3000),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([ends, rest]) => ({ ...ends, ...rest }));
const version1: fc.Arbitrary<HeaderInit> = fc
  .record({ source: endpoint, destination: endpoint })
  .map((ends) => ({ ...ends, version: 1 }));
const anyHeader = fc.oneof(version2, version1);

function accepted(result: DecodeResult): Extract<DecodeResult, { status: "ok" }> {
  if (result.status !== "ok") throw new Error(JSON.stringify(result));
  return result;
}

describe("for any header that can be written", () => {
  test("decoding gives it back, and encoding that gives the same bytes", () => {
    fc.assert(
      fc.property(anyHeader, (init) => {
        const bytes = encode(init);
        const { header, bytesRead } = accepted(decode(bytes));
        expect(bytesRead).toBe(bytes.length);
        expect(encode({ ...header, tlvs: header.tlvs })).toEqual(bytes);
        const own = [...(init.tlvs ?? [])];
        const decoded = [...header.tlvs].filter(({ type }) => own.some((one) => one.type === type));
        for (const { type, value } of own) expect(decoded).toContainEqual({ type, value });
        if (init.family === "UNIX")
          expect(header).toMatchObject({ source: init.source, destination: init.destination });
        else if (init.source)
          expect([header.source?.port, header.destination?.port]).toEqual([init.source.port, init.destination?.port]);
      }),
      { numRuns: 1000 },
    );
  });

  test("every strict prefix is incomplete and asks for no more than the header has", () => {
    fc.assert(
      fc.property(anyHeader, fc.nat(), (init, seed) => {
        const bytes = encode(init);
        const result = decode(bytes.subarray(0, seed % bytes.length));
        if (result.status !== "incomplete") throw new Error(JSON.stringify(result));
        expect(result.bytesNeeded).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("bytes behind it change nothing and arrive as the rest, in whatever chunks they come", () => {
    fc.assert(
      fc.property(
        anyHeader,
        fc.uint8Array(),
        fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
        (init, payload, cuts) => {
          const header = encode(init);
          const bytes = Uint8Array.of(...header, ...payload);
          const decoder = new HeaderDecoder();
          let from = 0;
          for (const to of [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]) {
            decoder.push(bytes.subarray(from, to));
            from = to;
          }
          expect(accepted(decoder.end()).bytesRead).toBe(header.length);
          expect([...decoder.rest]).toEqual([...payload]);
          expect([...encode(accepted(decoder.end()).header)]).toEqual([...header]);
        },
      ),
      { numRuns: 800 },
    );
  });
});

test("for any bytes: a verdict and no throw, the same one with the same bytes elsewhere in memory", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, signed) => {
      const input = signed ? Uint8Array.of(...encode({}).subarray(0, 12), ...bytes) : bytes;
      const moved = Uint8Array.of(7, ...input, 7).subarray(1, 1 + input.length);
      const [result, again] = [decode(input), decode(moved)];
      expect(again.status).toBe(result.status);
      if (result.status !== "ok") expect(again).toEqual(result);
    }),
    { numRuns: 5000 },
  );
});
