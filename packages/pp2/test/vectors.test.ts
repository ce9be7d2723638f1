import { describe, expect, test } from "vitest";
import { type DecodeResult, decode, encode, type Family, HeaderDecoder, type HeaderInit } from "../src/index.ts";
import { compare, fromHex, loadVectors, runVectors, toHex, type Vector } from "../vectors/runner.js";
import { decodeVector, toDecodeOptions, toOutcome } from "./vector-adapter.ts";

const vectors = loadVectors();
const streams = vectors.filter(({ options }) => !options?.["datagram"] && !options?.["eof"]);

test("every published vector decodes to its expectation", () => {
  expect(vectors.length).toBeGreaterThanOrEqual(93);
  expect(runVectors(decodeVector, vectors).filter(({ wrong }) => wrong.length > 0)).toEqual([]);
});

test("no field of an expectation goes uncompared", () => {
  for (const { name, hex, expect: expected, options = {} } of vectors) {
    const { fields } = decodeVector(fromHex(hex), options);
    if (fields === undefined) continue;
    const compared = ["ok", "consumed", ...Object.keys(fields)];
    expect(compared, name).toEqual(expect.arrayContaining(Object.keys(expected)));
    if (!expected["ssl"]) continue;
    expect(Object.keys(fields["ssl"] as object), name).toEqual(expect.arrayContaining(Object.keys(expected["ssl"])));
  }
});

test("a runner that is given a wrong decoder says so", () => {
  const results = runVectors(() => ({ status: "ok", consumed: 28 }), vectors);
  expect(results.some(({ wrong }) => wrong.length > 0)).toBe(true);
  expect(
    runVectors(() => {
      throw new Error("no");
    }, vectors).every(({ wrong }) => wrong.length > 0),
  ).toBe(true);
});

describe("HeaderDecoder", () => {
  test("a vector split at any byte decodes as it does whole, and the payload arrives whole", () => {
    for (const vector of streams) {
      const bytes = fromHex(vector.hex);
      for (let at = 0; at <= bytes.length; at++) {
        expect(inPieces(vector, [bytes.subarray(0, at), bytes.subarray(at)]), `${vector.name} split at ${at}`).toEqual(
          [],
        );
      }
    }
  });

  test("a vector that comes byte by byte decodes as it does whole", () => {
    for (const vector of streams) {
      const pieces = Array.from(fromHex(vector.hex), (byte) => Uint8Array.of(byte));
      expect(inPieces(vector, pieces), vector.name).toEqual([]);
    }
  });
});

test("bytesNeeded never asks for a byte of the payload, and following it always ends", () => {
  for (const vector of streams) {
    const bytes = fromHex(vector.hex);
    const headerLength = vector.expect["consumed"] ?? Number.POSITIVE_INFINITY;
    let available = 0;
    for (;;) {
      const result = decode(bytes.subarray(0, available), toDecodeOptions(vector.options ?? {}));
      if (result.status !== "incomplete") break;
      expect(result.bytesNeeded, vector.name).toBeGreaterThan(available);
      expect(result.bytesNeeded, vector.name).toBeLessThanOrEqual(headerLength);
      if (result.bytesNeeded > bytes.length) break;
      available = result.bytesNeeded;
    }
  }
});

test("every strict prefix of a header is incomplete, and PP2_TRUNCATED when no more bytes come", () => {
  for (const { name, hex, expect: expected, options = {} } of streams) {
    if (!expected["ok"]) continue;
    const header = fromHex(hex).subarray(0, expected["consumed"]);
    for (let length = 0; length < header.length; length++) {
      const prefix = header.subarray(0, length);
      expect(decode(prefix, toDecodeOptions(options)).status, `${name}, first ${length} bytes`).toBe("incomplete");
      expect(decode(prefix, { ...toDecodeOptions(options), end: true })).toMatchObject({
        code: "PP2_TRUNCATED",
        offset: length,
      });
    }
  }
});

test("what follows a header changes nothing", () => {
  for (const vector of streams) {
    if (!vector.expect["ok"]) continue;
    const header = fromHex(vector.hex).subarray(0, vector.expect["consumed"]);
    for (const more of [Uint8Array.of(0), Uint8Array.of(3, 0, 4, 1, 2, 3, 4), header]) {
      const bytes = Uint8Array.of(...header, ...more);
      const outcome = toOutcome(decode(bytes, toDecodeOptions(vector.options ?? {})), bytes);
      const { payloadHex: _, ...withoutPayload } = vector;
      expect(compare(withoutPayload, outcome), vector.name).toEqual([]);
    }
  }
});

test("the fields of a canonical vector encode to its very bytes", () => {
  const canonical = vectors.filter((vector) => vector.canonical);
  expect(canonical.length).toBeGreaterThanOrEqual(26);
  for (const { name, hex, expect: expected } of canonical) {
    expect(toHex(encode(initOf(expected))), name).toBe(hex.slice(0, 2 * expected["consumed"]));
  }
});

test("a decoded canonical header can be given to encode as it is", () => {
  for (const { name, hex, canonical } of vectors) {
    if (!canonical) continue;
    const result = decode(fromHex(hex));
    if (result.status !== "ok") throw new Error(name);
    expect(toHex(encode(result.header)), name).toBe(hex.slice(0, 2 * result.bytesRead));
  }
});

/** What is wrong with the outcome of pushing the pieces, and with the rest that is left after the header. */
function inPieces(vector: Vector, pieces: readonly Uint8Array[]): string[] {
  const decoder = new HeaderDecoder(toDecodeOptions(vector.options ?? {}));
  let result: DecodeResult = { status: "incomplete", bytesNeeded: 0 };
  for (const piece of pieces) result = decoder.push(piece);
  const bytes = fromHex(vector.hex);
  const wrong = compare(vector, toOutcome(result, bytes));
  const rest = result.status === "ok" ? toHex(bytes.subarray(result.bytesRead)) : "";
  if (toHex(decoder.rest) !== rest) wrong.push(`rest is ${toHex(decoder.rest)}, expected ${rest}`);
  return wrong;
}

function initOf(expected: Vector["expect"]): HeaderInit {
  const { version, command, family, transport, src, srcPort, dst, dstPort, tlvs } = expected;
  return {
    version,
    command,
    family: family as Family,
    transport,
    source: src === null ? null : { address: src, port: srcPort ?? 0 },
    destination: dst === null ? null : { address: dst, port: dstPort ?? 0 },
    tlvs: (tlvs as { type: number; valueHex: string }[]).map(({ type, valueHex }) => ({
      type,
      value: fromHex(valueHex),
    })),
  };
}
