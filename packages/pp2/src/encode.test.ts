import { describe, expect, test } from "vitest";
import {
  decode,
  type EncodeErrorCode,
  encode,
  encodedLength,
  encodeInto,
  type HeaderInit,
  Pp2Error,
  type Tlv,
} from "./index.ts";

const source = { address: "192.0.2.10", port: 50000 };
const destination = { address: "198.51.100.20", port: 443 };

function code(init: unknown): EncodeErrorCode | undefined {
  try {
    encode(init as HeaderInit);
  } catch (error) {
    if (error instanceof Pp2Error) return error.code as EncodeErrorCode;
    throw error;
  }
  return undefined;
}

const tlv = (type: number, length: number): Tlv => ({ type, value: new Uint8Array(length) });
const types = (bytes: Uint8Array): number[] => {
  const result = decode(bytes, { maxHeaderSize: 65551 });
  if (result.status !== "ok") throw new Error(JSON.stringify(result));
  return Array.from(result.header.tlvs, ({ type }) => type);
};
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

describe("version 2", () => {
  test("without addresses it is LOCAL of 16 bytes; PROXY without addresses is UNSPEC", () => {
    expect([...encode({})].slice(12)).toEqual([0x20, 0, 0, 0]);
    expect([...encode({ command: "PROXY" })].slice(12)).toEqual([0x21, 0, 0, 0]);
    expect([...encode({ command: "PROXY", family: "UNSPEC", transport: "DGRAM" })].slice(12)).toEqual([0x21, 0, 0, 0]);
    expect([...encode({ source: null, destination: null })].slice(12)).toEqual([0x20, 0, 0, 0]);
  });

  test("a family byte for each family and transport", () => {
    const familyByte = (address: string, transport: "STREAM" | "DGRAM"): number | undefined =>
      encode({ source: { address, port: 0 }, destination: { address, port: 0 }, transport })[13];
    expect(familyByte("1.1.1.1", "STREAM")).toBe(0x11);
    expect(familyByte("1.1.1.1", "DGRAM")).toBe(0x12);
    expect(familyByte("::1", "STREAM")).toBe(0x21);
    expect(familyByte("::1", "DGRAM")).toBe(0x22);
    expect(familyByte("/run/a", "STREAM")).toBe(0x31);
    expect(familyByte("\0a", "DGRAM")).toBe(0x32);
  });

  test("IPv4 beside IPv6 becomes an IPv4-mapped address, whichever side it is on", () => {
    const v6 = { address: "2001:db8::1", port: 443 };
    for (const init of [
      { source, destination: v6 },
      { source: v6, destination: source },
    ]) {
      expect(decode(encode(init))).toMatchObject({ header: { family: "INET6" } });
    }
    expect(decode(encode({ source, destination: v6 }))).toMatchObject({
      header: { source: { address: "::ffff:192.0.2.10", port: 50000 }, destination: v6 },
    });
    expect(decode(encode({ family: "INET6", source, destination }))).toMatchObject({ header: { family: "INET6" } });
  });

  test("UNIX: unnamed and relative paths need the family to be said", () => {
    const unnamed = { address: "", port: 0 };
    const init: HeaderInit = { family: "UNIX", source: unnamed, destination: { address: "relative", port: 0 } };
    expect(decode(encode(init))).toMatchObject({ header: { family: "UNIX", source: unnamed } });
    expect(code({ source: unnamed, destination: unnamed })).toBe("PP2_INVALID_ADDRESS");
  });

  test("TLVs come in this order: CRC32C, VPC endpoint, the caller's, padding", () => {
    const init: HeaderInit = {
      source,
      destination,
      tlvs: [tlv(5, 1), tlv(1, 2)],
      awsVpcEndpointId: "vpce-1",
      crc32c: true,
      padTo: 100,
    };
    expect(types(encode(init))).toEqual([3, 0xea, 5, 1, 4]);
    expect(encode(init)).toHaveLength(100);
  });

  test("a CRC32C among the caller's TLVs keeps its place and is computed anew; crc32c adds no second", () => {
    const tlvs = [tlv(5, 1), { type: 3, value: Uint8Array.of(1, 2, 3, 4) }, tlv(1, 2)];
    for (const crc32c of [true, false]) {
      const bytes = encode({ source, destination, tlvs, crc32c });
      expect(types(bytes)).toEqual([5, 3, 1]);
      expect(decode(bytes, { crc32c: "require" }).status).toBe("ok");
    }
    expect([...tlvs[1]!.value]).toEqual([1, 2, 3, 4]);
  });

  test("TLVs of 0, 1, 255 and 65519 bytes fit, a header of 65551 bytes is the longest", () => {
    for (const length of [0, 1, 255, 256, 65532 - 12]) {
      const init: HeaderInit = { source, destination, tlvs: [tlv(9, length)] };
      expect(encode(init)).toHaveLength(encodedLength(init));
      expect(decode(encode(init), { maxHeaderSize: 65551 })).toMatchObject({ status: "ok", bytesRead: 31 + length });
    }
    expect(code({ tlvs: [tlv(9, 65532)] })).toBeUndefined();
    expect(code({ tlvs: [tlv(9, 65533)] })).toBe("PP2_LENGTH_OVERFLOW");
    expect(code({ tlvs: [tlv(9, 65535)] })).toBe("PP2_LENGTH_OVERFLOW");
    expect(code({ tlvs: [tlv(9, 65536)] })).toBe("PP2_LENGTH_OVERFLOW");
    expect(code({ tlvs: [tlv(9, 40000), tlv(9, 40000)] })).toBe("PP2_LENGTH_OVERFLOW");
  });

  test("padding: a gap of 0 needs none, 1 and 2 cannot be filled, 3 is an empty NOOP", () => {
    expect(encode({ source, destination, padTo: 28 })).toHaveLength(28);
    for (const padTo of [27, 29, 30, 28.5, Number.NaN, -1, 65552]) {
      expect(code({ source, destination, padTo })).toBe("PP2_INVALID_PADDING");
    }
    for (const padTo of [31, 32, 65551]) {
      expect(types(encode({ source, destination, padTo }))).toEqual([4]);
      expect(encode({ source, destination, padTo })).toHaveLength(padTo);
    }
  });

  test("a UNIQUE_ID has at most 128 bytes", () => {
    expect(code({ tlvs: [tlv(5, 128)] })).toBeUndefined();
    expect(code({ tlvs: [tlv(5, 129)] })).toBe("PP2_UNIQUE_ID_TOO_LONG");
  });

  test.each<[unknown, EncodeErrorCode]>([
    [{ version: 3 }, "PP2_INVALID_VERSION"],
    [{ command: "local" }, "PP2_INVALID_COMMAND"],
    [{ family: "INET4" }, "PP2_INVALID_FAMILY"],
    [{ source, destination, transport: "TCP" }, "PP2_INVALID_TRANSPORT"],
    [{ source, destination, transport: "UNSPEC" }, "PP2_INVALID_TRANSPORT"],
    [{ source }, "PP2_MISSING_ADDRESS"],
    [{ destination }, "PP2_MISSING_ADDRESS"],
    [{ command: "PROXY", family: "INET" }, "PP2_MISSING_ADDRESS"],
    [{ command: "LOCAL", source, destination }, "PP2_UNEXPECTED_ADDRESS"],
    [{ family: "UNSPEC", source, destination }, "PP2_UNEXPECTED_ADDRESS"],
    [{ source: { address: "10.0.0.256", port: 1 }, destination }, "PP2_INVALID_ADDRESS"],
    [{ source: { address: "fe80::1%eth0", port: 1 }, destination }, "PP2_INVALID_ADDRESS"],
    [{ source: { address: undefined, port: 1 }, destination }, "PP2_INVALID_ADDRESS"],
    [{ source: { address: "/run/a", port: 0 }, destination }, "PP2_INVALID_ADDRESS"],
    [{ family: "INET", source: { address: "::1", port: 1 }, destination }, "PP2_INVALID_ADDRESS"],
    [{ family: "UNIX", source: { address: "/a", port: 1 }, destination }, "PP2_INVALID_PORT"],
    [
      { source: { address: `/${"x".repeat(108)}`, port: 0 }, destination: { address: "/a", port: 0 } },
      "PP2_INVALID_ADDRESS",
    ],
    ...[-1, 65536, 1.5, Number.NaN, "80", undefined].map((port): [unknown, EncodeErrorCode] => [
      { source: { address: "1.1.1.1", port }, destination },
      "PP2_INVALID_PORT",
    ]),
    [{ tlvs: [tlv(256, 1)] }, "PP2_INVALID_TLV"],
    [{ tlvs: [{ type: 1, value: "h2" }] }, "PP2_INVALID_TLV"],
    [{ tlvs: [tlv(3, 5)] }, "PP2_INVALID_TLV"],
    [{ tlvs: [tlv(3, 4), tlv(3, 4)] }, "PP2_INVALID_TLV"],
    [{ tlvs: [tlv(0x20, 4)] }, "PP2_INVALID_TLV"],
    [{ awsVpcEndpointId: "" }, "PP2_INVALID_VPC_ENDPOINT_ID"],
    [{ awsVpcEndpointId: "vpce-1\r\n" }, "PP2_INVALID_VPC_ENDPOINT_ID"],
    [{ awsVpcEndpointId: "vpce-\u0130" }, "PP2_INVALID_VPC_ENDPOINT_ID"],
  ])("%j is refused with %s", (init, expected) => expect(code(init)).toBe(expected));

  test("ports 0 and 65535 are ports", () => {
    const ends = { source: { address: "::", port: 0 }, destination: { address: "::", port: 65535 } };
    expect(decode(encode(ends))).toMatchObject({ header: ends });
  });
});

describe("version 1", () => {
  test("writes TCP4, TCP6 and UNKNOWN", () => {
    const v6 = { address: "2001:DB8:0:0::1", port: 1 };
    expect(latin1(encode({ version: 1, source, destination }))).toBe(
      "PROXY TCP4 192.0.2.10 198.51.100.20 50000 443\r\n",
    );
    expect(latin1(encode({ version: 1, source: v6, destination: v6 }))).toBe(
      "PROXY TCP6 2001:db8::1 2001:db8::1 1 1\r\n",
    );
    for (const init of [{}, { command: "LOCAL" }, { command: "PROXY" }] as const) {
      expect(latin1(encode({ version: 1, ...init }))).toBe("PROXY UNKNOWN\r\n");
    }
  });

  test("mixed families are one family, in hexadecimal groups as §2.1 wants them", () => {
    expect(latin1(encode({ version: 1, source, destination: { address: "::1", port: 1 } }))).toBe(
      "PROXY TCP6 ::ffff:c000:20a ::1 50000 1\r\n",
    );
  });

  test("what a line cannot say is refused", () => {
    for (const init of [{ tlvs: [tlv(5, 1)] }, { awsVpcEndpointId: "vpce-1" }, { crc32c: true }, { padTo: 100 }]) {
      expect(code({ version: 1, source, destination, ...init })).toBe("PP2_NOT_IN_VERSION_1");
    }
    const unix = { address: "/a", port: 0 };
    expect(code({ version: 1, source: unix, destination: unix })).toBe("PP2_NOT_IN_VERSION_1");
    expect(code({ version: 1, source, destination, transport: "DGRAM" })).toBe("PP2_NOT_IN_VERSION_1");
    expect(code({ version: 1, source: { address: "1", port: 1 }, destination })).toBe("PP2_INVALID_ADDRESS");
  });
});

describe("encodeInto", () => {
  test.each([1, 2] as const)("version %d: writes in place and nothing beside", (version) => {
    const init: HeaderInit = { version, source, destination };
    const length = encodedLength(init);
    const target = new Uint8Array(length + 4).fill(0xaa);
    expect(encodeInto(target, 2, init)).toBe(length);
    expect(target.subarray(2, 2 + length)).toEqual(encode(init));
    expect([target[0], target[1], target.at(-2), target.at(-1)]).toEqual([0xaa, 0xaa, 0xaa, 0xaa]);
  });

  test("a CRC32C is right at any offset", () => {
    const target = new Uint8Array(64);
    const length = encodeInto(target, 7, { source, destination, crc32c: true });
    expect(decode(target.subarray(7, 7 + length), { crc32c: "require" }).status).toBe("ok");
  });

  test.each([1, 2] as const)("version %d: no room is an error and leaves the target as it was", (version) => {
    const init: HeaderInit = { version, source, destination };
    const target = new Uint8Array(encodedLength(init));
    for (const offset of [1, -1, 0.5, Number.NaN]) {
      expect(() => encodeInto(target, offset, init)).toThrow(expect.objectContaining({ code: "PP2_TARGET_TOO_SMALL" }));
    }
    expect(target.every((byte) => byte === 0)).toBe(true);
  });
});
