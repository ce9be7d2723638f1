import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DecodeOptions, decode } from "./index.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function verdict(text: string, options?: DecodeOptions): string {
  const result = decode(bytesOf(text), options);
  return result.status === "invalid" ? `${result.code}@${result.offset}` : result.status;
}

test("a line gives addresses and ports, and has no TLVs", () => {
  const result = decode(bytesOf("PROXY TCP6 2001:DB8:0::1 ::ffff:10.0.0.1 65535 0\r\nGET /"));
  expect(result).toMatchObject({
    status: "ok",
    bytesRead: 50,
    header: {
      version: 1,
      command: "PROXY",
      family: "INET6",
      transport: "STREAM",
      source: { address: "2001:db8::1", port: 65535 },
      destination: { address: "::ffff:10.0.0.1", port: 0 },
    },
  });
  if (result.status !== "ok") return;
  expect([...result.header.tlvs]).toEqual([]);
  expect(result.header.tlv(3)).toBeUndefined();
});

test.each([
  "PROXY UNKNOWN\r\n",
  "PROXY UNKNOWN \r\n",
  "PROXY UNKNOWN ::1 ::1 1 1\r\n",
  "PROXY UNKNOWN anything \r or \n at all\r\n",
])("%j: everything up to CRLF is ignored (§2.1)", (line) => {
  expect(decode(bytesOf(line))).toMatchObject({ bytesRead: line.length, header: { family: "UNSPEC", source: null } });
});

describe("a line that is wrong", () => {
  test.each<[string, string]>([
    ["PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_PROTOCOL@6"],
    ["PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_PROTOCOL@9"],
    ["PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_PROTOCOL@6"],
    ["PROXY TCP44 1.1.1.1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_PROTOCOL@10"],
    ["PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_PROTOCOL@7"],
    ["PROXY UNKNOWNS\r\n", "PP2_V1_BAD_PROTOCOL@13"],
    ["PROXY\tTCP4 1.1.1.1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_FIELDS@5"],
    ["PROXY TCP4\r\n", "PP2_V1_BAD_FIELDS@6"],
    ["PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n", "PP2_V1_BAD_FIELDS@6"],
    ["PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n", "PP2_V1_BAD_FIELDS@6"],
    ["PROXY TCP4 ::1 2.2.2.2 1 2\r\n", "PP2_V1_BAD_ADDRESS@11"],
    ["PROXY TCP6 1.1.1.1 ::1 1 2\r\n", "PP2_V1_BAD_ADDRESS@11"],
    ["PROXY TCP4 1.1.1.1 2.2.2.02 1 2\r\n", "PP2_V1_BAD_ADDRESS@19"],
    ["PROXY TCP6 ::1 fe80::1%eth0 1 2\r\n", "PP2_V1_BAD_ADDRESS@15"],
    ["PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n", "PP2_V1_BAD_PORT@27"],
    ["PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "PP2_V1_BAD_PORT@29"],
    ["PROXY TCP4 1.1.1.1 2.2.2.2 1 99999999999999999999\r\n", "PP2_V1_BAD_PORT@29"],
    ...["1e3", "0x50", "+80", "-1", "080", "00", "8O", "1\n"].map((port): [string, string] => [
      `PROXY TCP4 1.1.1.1 2.2.2.2 1 ${port}\r\n`,
      "PP2_V1_BAD_PORT@29",
    ]),
  ])("%j", (line, expected) => expect(verdict(line)).toBe(expected));

  test("the protocol is decided as soon as it can be", () => {
    expect(verdict("PROXY X")).toBe("PP2_V1_BAD_PROTOCOL@6");
    expect(verdict("PROXY TC")).toBe("incomplete");
    expect(verdict("PROXY TCQ")).toBe("PP2_V1_BAD_PROTOCOL@8");
    expect(verdict("PROXY UNKNOWN")).toBe("incomplete");
  });

  test("a lone CR or LF does not end the line", () => {
    expect(verdict("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n")).toBe("incomplete");
    expect(verdict("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r")).toBe("incomplete");
    expect(verdict("PROXY UNKNOWN\n")).toBe("incomplete");
    expect(verdict("PROXY UNKNOWN\rX\r\n")).toBe("PP2_V1_BAD_FIELDS@6");
    expect(verdict("PROXY UNKNOWN\rX a b c d\r\n")).toBe("PP2_V1_BAD_FIELDS@6");
    expect(verdict("PROXY TCP4\nX 1.1.1.1 2.2.2.2 1 2\r\n")).toBe("PP2_V1_BAD_FIELDS@6");
  });
});

test.each([
  ["PROXY TCP4 203.0.113.7 10.0.0.255 51234 443\r\n", isIPv4],
  ["PROXY TCP6 2001:db8::5:0:7 ::ffff:10.0.0.1 51234 443\r\n", isIPv6],
])(
  "%j with any bytes changed is accepted if and only if Node takes its addresses and its ports are plain",
  (line, isAddress) => {
    const isPort = (text = ""): boolean => /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535;
    const change = fc.record({
      at: fc.integer({ min: 11, max: line.length - 3 }),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.string({ unit: fc.constantFrom(..."0123459af:. %\r"), maxLength: 3 }),
    });
    const changed = fc.array(change, { maxLength: 3 }).map((changes) => {
      let text = line.slice(0, -2);
      for (const { at, remove, insert } of changes) text = text.slice(0, at) + insert + text.slice(at + remove);
      return `${text}\r\n`;
    });
    fc.assert(
      fc.property(changed, (text) => {
        const words = text.slice(0, -2).split(" ");
        const [, , source = "", destination = "", sourcePort, destinationPort] = words;
        const addresses = isAddress(source) && isAddress(destination) && !/%/.test(source + destination);
        const whole = words.length === 6 && addresses && isPort(sourcePort) && isPort(destinationPort);
        expect(verdict(text) === "ok").toBe(whole);
      }),
      { numRuns: 20_000 },
    );
  },
);

test("107 bytes are a line, 108 are none, and that is decided at the 107th", () => {
  const line = (length: number): string => `PROXY UNKNOWN ${"x".repeat(length - 16)}\r\n`;
  expect(verdict(line(107))).toBe("ok");
  expect(verdict(line(108))).toBe("PP2_V1_TOO_LONG@107");
  expect(verdict(line(108).slice(0, 106))).toBe("incomplete");
  expect(verdict(line(108).slice(0, 107))).toBe("PP2_V1_TOO_LONG@107");
});

test("maxHeaderSize bounds a line too", () => {
  expect(verdict("PROXY UNKNOWN xx\r\n", { maxHeaderSize: 18 })).toBe("ok");
  expect(verdict("PROXY UNKNOWN xxx\r\n", { maxHeaderSize: 18 })).toBe("PP2_HEADER_TOO_LARGE@18");
});

test("a version that is not accepted is refused at its first byte, always with the same code", () => {
  expect(verdict("PROXY UNKNOWN\r\n", { versions: [2] })).toBe("PP2_NOT_PROXY_PROTOCOL@0");
  expect(verdict("P", { versions: [2] })).toBe("PP2_NOT_PROXY_PROTOCOL@0");
  expect(verdict("\r\n\r\n", { versions: [1] })).toBe("PP2_NOT_PROXY_PROTOCOL@0");
  expect(verdict("P", { versions: [1] })).toBe("incomplete");
});

test("bytesNeeded is what the shortest line would still need", () => {
  const needed = (text: string): number => {
    const result = decode(bytesOf(text));
    return result.status === "incomplete" ? result.bytesNeeded : -1;
  };
  expect(needed("")).toBe(15);
  expect(needed("P")).toBe(15);
  expect(needed("PROXY UNKNOWN")).toBe(15);
  expect(needed("PROXY UNKNOWN\r")).toBe(15);
  expect(needed("PROXY UNKNOWN x")).toBe(17);
  expect(needed("PROXY UNKNOWN x\r")).toBe(17);
});
