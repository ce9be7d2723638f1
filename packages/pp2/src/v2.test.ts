import { describe, expect, test } from "vitest";
import { crc32c, type DecodeOptions, type DecodeResult, decode, encode, nlbHeader } from "./index.ts";

const signature = encode({}).subarray(0, 12);
const PROXY = 0x21;
const LOCAL = 0x20;
const TCP4 = 0x11;
const addresses4 = [192, 0, 2, 10, 198, 51, 100, 20, 0xc3, 0x50, 0x01, 0xbb];

/** A header with the length that its block has, unless another is given. */
function header(command: number, family: number, block: readonly number[] = [], length = block.length): Uint8Array {
  return Uint8Array.of(...signature, command, family, length >> 8, length & 0xff, ...block);
}

function verdict(bytes: Uint8Array, options?: DecodeOptions): string {
  const result = decode(bytes, options);
  return result.status === "invalid" ? `${result.code}@${result.offset}` : result.status;
}

function accepted(result: DecodeResult): Extract<DecodeResult, { status: "ok" }> {
  if (result.status !== "ok") throw new Error(JSON.stringify(result));
  return result;
}

describe("the fixed part (PROXY protocol §2.2)", () => {
  test("of all 65536 pairs of command and family byte 7 are accepted with PROXY and all 256 with LOCAL", () => {
    const codes = new Map<string, number>();
    for (let command = 0; command < 256; command++) {
      for (let family = 0; family < 256; family++) {
        const result = decode(header(command, family, new Array(216).fill(0)));
        const key = result.status === "invalid" ? result.code : `${command.toString(16)} ${result.status}`;
        codes.set(key, (codes.get(key) ?? 0) + 1);
      }
    }
    expect(Object.fromEntries(codes)).toEqual({
      "20 ok": 256,
      "21 ok": 7,
      PP2_BAD_VERSION: 240 * 256,
      PP2_BAD_COMMAND: 14 * 256,
      PP2_BAD_FAMILY: 12 * 16,
      PP2_BAD_TRANSPORT: 4 * 13,
      PP2_BAD_FAMILY_TRANSPORT_COMBINATION: 5,
    });
  });

  test("the seven family bytes are 00, 11, 12, 21, 22, 31 and 32", () => {
    const families = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => decode(header(PROXY, byte, new Array(216).fill(0))).status === "ok",
    );
    expect(families).toEqual([0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32]);
  });

  test.each([
    ["GET / HTTP/1.1\r\n", "PP2_NOT_PROXY_PROTOCOL@0"],
    ["\x16\x03\x01\x00\xc8\x01", "PP2_NOT_PROXY_PROTOCOL@0"],
    ["\r\n\r\n\0\r\nQUIX\n", "PP2_BAD_SIGNATURE@10"],
    ["\r\n\r\n\0\r\nQUIT\r", "PP2_BAD_SIGNATURE@11"],
    ["\r\nGET", "PP2_BAD_SIGNATURE@2"],
    ["POST / HTTP/1.1", "PP2_NOT_PROXY_PROTOCOL@1"],
    ["PROXZ", "PP2_NOT_PROXY_PROTOCOL@4"],
  ])("%j is refused at the first wrong byte, however much has come", (text, expected) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const offset = Number(expected.split("@")[1]);
    for (let length = 0; length <= bytes.length; length++) {
      expect(verdict(bytes.subarray(0, length))).toBe(length > offset ? expected : "incomplete");
    }
  });

  test("version, command and family are decided at bytes 13 and 14, length and room at byte 16", () => {
    const at = (length: number, bytes: Uint8Array): string => verdict(bytes.subarray(0, length));
    expect(at(13, header(0x31, TCP4))).toBe("PP2_BAD_VERSION@12");
    expect(at(13, header(0x22, TCP4))).toBe("PP2_BAD_COMMAND@12");
    expect(at(14, header(PROXY, 0x41))).toBe("PP2_BAD_FAMILY@13");
    expect(at(14, header(PROXY, 0x13))).toBe("PP2_BAD_TRANSPORT@13");
    expect(at(14, header(PROXY, 0x10))).toBe("PP2_BAD_FAMILY_TRANSPORT_COMBINATION@13");
    expect(at(15, header(PROXY, TCP4, [], 11))).toBe("incomplete");
    expect(at(16, header(PROXY, TCP4, [], 11))).toBe("PP2_SHORT_ADDRESS_BLOCK@14");
    expect(at(16, header(PROXY, 0x21, [], 35))).toBe("PP2_SHORT_ADDRESS_BLOCK@14");
    expect(at(16, header(PROXY, 0x31, [], 215))).toBe("PP2_SHORT_ADDRESS_BLOCK@14");
    expect(at(16, header(PROXY, TCP4, [], 4081))).toBe("PP2_HEADER_TOO_LARGE@14");
    expect(at(16, header(LOCAL, 0, [], 4081))).toBe("PP2_HEADER_TOO_LARGE@14");
    expect(at(16, header(PROXY, TCP4, [], 4080))).toBe("incomplete");
  });

  test("any declared length: incomplete until it is there, decided at once when it is too large", () => {
    const options: DecodeOptions = { maxHeaderSize: 65551 };
    const bytes = new Uint8Array(16 + 0xffff + 1);
    for (const length of [0, 1, 11, 12, 13, 14, 15, 100, 4080, 4081, 65534, 65535]) {
      bytes.set(header(LOCAL, 0, [], length));
      expect(decode(bytes.subarray(0, 15 + length), options)).toEqual(
        length === 0 ? { status: "incomplete", bytesNeeded: 16 } : { status: "incomplete", bytesNeeded: 16 + length },
      );
      expect(decode(bytes.subarray(0, 16 + length), options)).toMatchObject({ bytesRead: 16 + length });
      expect(decode(bytes, options)).toMatchObject({ bytesRead: 16 + length });
      expect(verdict(bytes)).toBe(length > 4080 ? "PP2_HEADER_TOO_LARGE@14" : "ok");
    }
  });

  test("maxHeaderSize counts the whole header: at the limit it is accepted, one byte more is not", () => {
    const bytes = nlbHeader({ source: { address: "::1", port: 1 }, destination: { address: "::2", port: 2 } });
    expect(verdict(bytes, { maxHeaderSize: 100 })).toBe("ok");
    expect(verdict(bytes, { maxHeaderSize: 99 })).toBe("PP2_HEADER_TOO_LARGE@14");
  });
});

describe("LOCAL", () => {
  test.each([
    ["length 0", []],
    ["TLVs only, as an AWS health check", [4, 0, 1, 0]],
    ["a full address block", addresses4],
    ["a block too short for its family", [192, 0, 2]],
  ])("%s, family byte 0x11: accepted, exactly skipped, no address", (_, block) => {
    const bytes = Uint8Array.of(...header(LOCAL, TCP4, block), 1, 2, 3);
    const { header: decoded, bytesRead } = accepted(decode(bytes));
    expect(bytesRead).toBe(16 + block.length);
    expect(decoded).toMatchObject({
      command: "LOCAL",
      family: "UNSPEC",
      transport: "UNSPEC",
      source: null,
      destination: null,
    });
  });

  test("TLVs that are whole are there, anything else is ignored", () => {
    const tlvsOf = (block: number[]) => [...accepted(decode(header(LOCAL, 0, block))).header.tlvs];
    expect(tlvsOf([5, 0, 1, 42])).toEqual([{ type: 5, value: Uint8Array.of(42) }]);
    expect(tlvsOf([5, 0, 1, 42, 5])).toEqual([]);
    expect(tlvsOf([5, 0, 9, 42])).toEqual([]);
    expect(tlvsOf([0x20, 0, 1, 42])).toEqual([]);
  });

  test("a CRC32C that is there and wrong fails; one in what is ignored does not count", () => {
    expect(verdict(header(LOCAL, 0, [3, 0, 4, 1, 2, 3, 4]))).toBe("PP2_CRC_MISMATCH@19");
    expect(verdict(header(LOCAL, 0, [3, 0, 4, 1, 2, 3, 4, 0]))).toBe("ok");
    expect(verdict(header(LOCAL, 0, [3, 0, 4, 1, 2, 3, 4]), { crc32c: "ignore" })).toBe("ok");
  });

  test("what follows PROXY with UNSPEC is skipped the same way", () => {
    const { header: decoded, bytesRead } = accepted(decode(header(PROXY, 0, addresses4)));
    expect(bytesRead).toBe(28);
    expect(decoded).toMatchObject({ command: "PROXY", family: "UNSPEC", source: null });
    expect([...decoded.tlvs]).toEqual([]);
  });
});

describe("TLVs", () => {
  const withTlvs = (...tlvs: number[]): Uint8Array => header(PROXY, TCP4, [...addresses4, ...tlvs]);

  test("one or two bytes left over, or a value past the end, are an error at the TLV that has it", () => {
    expect(verdict(withTlvs(4, 0, 0, 5))).toBe("PP2_TLV_TRUNCATED@31");
    expect(verdict(withTlvs(4, 0, 0, 5, 0))).toBe("PP2_TLV_TRUNCATED@31");
    expect(verdict(withTlvs(4, 0, 0, 5, 0, 1))).toBe("PP2_TLV_OVERRUN@31");
    expect(verdict(withTlvs(4, 0xff, 0xff))).toBe("PP2_TLV_OVERRUN@28");
    expect(verdict(withTlvs(4, 0, 0, 5, 0, 0))).toBe("ok");
  });

  test("payload behind the header is never read as a TLV", () => {
    const bytes = Uint8Array.of(...withTlvs(5, 0, 2, 1, 2), 5, 0, 1, 9);
    expect([...accepted(decode(bytes)).header.tlvs]).toHaveLength(1);
  });

  test("duplicates are kept in wire order; tlv() gives the first; values are views", () => {
    const bytes = withTlvs(0xe5, 0, 1, 1, 0x99, 0, 0, 0xe5, 0, 1, 2);
    const { header: decoded } = accepted(decode(bytes));
    expect(Array.from(decoded.tlvs, ({ type, value }) => [type, ...value])).toEqual([[0xe5, 1], [0x99], [0xe5, 2]]);
    expect(decoded.tlv(0xe5)).toEqual(Uint8Array.of(1));
    expect(decoded.tlv(0xe6)).toBeUndefined();
    expect(decoded.tlv(0xe5)?.buffer).toBe(bytes.buffer);
  });

  test("65 KiB of empty TLVs take a time that grows with their number, and all are there", () => {
    const tlvs = (count: number): Uint8Array => header(PROXY, TCP4, [...addresses4, ...new Array(3 * count).fill(0)]);
    const [small, large] = [tlvs(2184), tlvs(21_840)];
    const options: DecodeOptions = { maxHeaderSize: 65551 };
    const time = (bytes: Uint8Array): number => {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 20; round++) {
        const start = performance.now();
        decode(bytes, options);
        best = Math.min(best, performance.now() - start);
      }
      return best;
    };
    expect([...accepted(decode(large, options)).header.tlvs]).toHaveLength(21_840);
    for (let warm = 0; warm < 50; warm++) decode(large, options);
    // Ten times the TLVs: linear is 10, quadratic would be 100.
    expect(time(large) / Math.max(time(small), 0.005)).toBeLessThan(40);
  });

  test("SSL: fewer than 5 bytes, and sub-TLVs that do not fit, make the header invalid", () => {
    expect(verdict(withTlvs(0x20, 0, 4, 1, 0, 0, 0))).toBe("PP2_SSL_TOO_SHORT@28");
    expect(verdict(withTlvs(0x20, 0, 7, 1, 0, 0, 0, 0, 0x21, 0))).toBe("PP2_SSL_SUBTLV_TRUNCATED@28");
    expect(verdict(withTlvs(0x20, 0, 8, 1, 0, 0, 0, 0, 0x21, 0, 1))).toBe("PP2_SSL_SUBTLV_OVERRUN@28");
    expect(verdict(withTlvs(0x20, 0, 5, 1, 0, 0, 0, 0))).toBe("ok");
  });

  test("every SSL TLV is checked, the second one too", () => {
    expect(verdict(withTlvs(0x20, 0, 5, 1, 0, 0, 0, 0, 0x20, 0, 0))).toBe("PP2_SSL_TOO_SHORT@36");
  });

  test("SSL inside SSL inside SSL is a sub-TLV like any other: nothing recurses", () => {
    let value = [1, 0, 0, 0, 0];
    for (let depth = 0; depth < 400; depth++)
      value = [1, 0, 0, 0, 0, 0x20, value.length >> 8, value.length & 0xff, ...value];
    expect(verdict(withTlvs(0x20, value.length >> 8, value.length & 0xff, ...value))).toBe("ok");
  });
});

describe("CRC32C (§2.2.3)", () => {
  const good = nlbHeader({ source: { address: "192.0.2.1", port: 1 }, destination: { address: "192.0.2.2", port: 2 } });

  test("where it is required, one flipped bit anywhere in the header is found", () => {
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bytes = good.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(verdict(bytes, { end: true, crc32c: "require" }), `bit ${bit}`).not.toBe("ok");
    }
  });

  test("where it is verified, a flipped bit passes only in the type of the CRC32C itself", () => {
    const passed: number[] = [];
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bytes = good.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (verdict(bytes, { end: true }) === "ok") passed.push(bit >> 3);
    }
    expect(new Set(passed)).toEqual(new Set([28]));
  });

  test("LOCAL from a sender that left the addresses in: a CRC32C behind them counts, other TLVs do not", () => {
    const local = good.slice();
    local[12] = LOCAL;
    expect(verdict(local)).toBe("PP2_CRC_MISMATCH@31");
    local.fill(0, 31, 35);
    new DataView(local.buffer).setUint32(31, crc32c(local));
    const { header: decoded } = accepted(decode(local, { crc32c: "require" }));
    expect([...decoded.tlvs]).toEqual([]);
  });

  test("two of them are refused, whatever they hold; so is one that does not have 4 bytes", () => {
    const twice = encode({
      command: "LOCAL",
      tlvs: [{ type: 4, value: Uint8Array.of(3, 0, 4, 0, 0, 0, 0) }],
      crc32c: true,
    });
    expect(verdict(twice)).toBe("ok");
    const tlvs = [3, 0, 4, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0];
    expect(verdict(header(PROXY, TCP4, [...addresses4, ...tlvs]))).toBe("PP2_CRC_DUPLICATE@35");
    expect(verdict(header(PROXY, TCP4, [...addresses4, 3, 0, 5, 0, 0, 0, 0, 0]))).toBe("PP2_CRC_BAD_LENGTH@28");
    expect(verdict(header(PROXY, TCP4, [...addresses4, ...tlvs]), { crc32c: "ignore" })).toBe("ok");
  });

  test("require refuses a header without one, of either version", () => {
    const options: DecodeOptions = { crc32c: "require" };
    expect(verdict(good, options)).toBe("ok");
    expect(verdict(header(PROXY, TCP4, addresses4), options)).toBe("PP2_CRC_MISSING@28");
    expect(verdict(header(LOCAL, 0), options)).toBe("PP2_CRC_MISSING@16");
    expect(verdict(encode({ version: 1 }), options)).toBe("PP2_CRC_MISSING@0");
  });
});
