import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIPv6, formatLongAddress, parseIPv4, parseIPv6, parseUnix } from "./address.ts";

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Few different groups, so that runs of zeros are common. */
const sparse16 = fc
  .array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0x0db8), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff])));

function ipv6(text: string): string {
  const bytes = new Uint8Array(16);
  if (!parseIPv6(text, bytes, 0)) throw new Error(text);
  return formatIPv6(bytes, 0);
}

describe("RFC 5952 text", () => {
  test.each([
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:0DB8::0001", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // §4.2.2: a single group is not shortened
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], // §4.2.3: the longest run
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], // §4.2.3: the first of equal runs
    ["::ffff:c000:0201", "::ffff:192.0.2.1"], // §5
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::192.0.2.1", "::c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
  ])("%s is written %s", (text, expected) => expect(ipv6(text)).toBe(expected));

  test("any 16 bytes come back from their text, in both spellings", () => {
    fc.assert(
      fc.property(fc.oneof(bytes16, sparse16), (bytes) => {
        for (const text of [formatIPv6(bytes, 0), formatIPv6(bytes, 0, false)]) {
          const back = new Uint8Array(16);
          expect(isIPv6(text)).toBe(true);
          expect(parseIPv6(text, back, 0)).toBe(true);
          expect(back).toEqual(bytes);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("agrees with the URL standard's serializer, which is RFC 5952 without dots", () => {
    fc.assert(
      fc.property(fc.oneof(bytes16, sparse16), (bytes) => {
        const text = formatIPv6(bytes, 0, false);
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("strict parsing", () => {
  test.each([
    "",
    ":",
    ":::",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1::2::3",
    "12345::",
    "::g",
    "::1%eth0",
    "::1 ",
    " ::1",
    ":1::2",
    "1:",
    "::1:",
    "1.2.3.4",
    "::1.2.3",
    "::1.2.3.4.5",
    "::1.2.3.256",
    "::01.2.3.4",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1.2.3.4:1",
    "::ffff:1.2.3.4/96",
    "[::1]",
    "::１",
  ])("%j is no IPv6 address", (text) => expect(parseIPv6(text, new Uint8Array(16), 0)).toBe(false));

  test.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.256",
    "1.2.3.999",
    "01.2.3.4",
    "1.2.3.00",
    "0x1.2.3.4",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.-4",
    "+1.2.3.4",
    "1.2.3.4\n",
    "1e0.2.3.4",
    "１.2.3.4",
    "1.2.3.4\0",
  ])("%j is no IPv4 address", (text) => expect(parseIPv4(text, new Uint8Array(4), 0)).toBe(false));

  test("takes and refuses what Node's own parser does", () => {
    const likeAddress = fc.string({ unit: fc.constantFrom(..."0123456789abfF:.:."), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(likeAddress, fc.ipV4(), fc.ipV6()), (text) => {
        expect(parseIPv4(text, new Uint8Array(4), 0)).toBe(isIPv4(text));
        expect(parseIPv6(text, new Uint8Array(16), 0)).toBe(isIPv6(text));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("UNIX", () => {
  const roundTrip = (text: string): string | undefined => {
    const bytes = new Uint8Array(108);
    return parseUnix(text, bytes, 0) ? formatLongAddress(bytes, 0, 108) : undefined;
  };

  test("107 and 108 bytes are kept whole, 109 are refused", () => {
    for (const length of [107, 108]) expect(roundTrip(`/${"x".repeat(length - 1)}`)).toHaveLength(length);
    expect(roundTrip(`/${"x".repeat(108)}`)).toBeUndefined();
  });

  test("an abstract name keeps its leading NUL and NULs inside", () => {
    expect(roundTrip("\0name")).toBe("\0name");
    expect(roundTrip("\0a\0b")).toBe("\0a\0b");
  });

  test("an unnamed socket is the empty text", () => expect(roundTrip("")).toBe(""));

  test("what would not come back is refused: a NUL in a path, a NUL at the end, a character that is no byte", () => {
    for (const text of ["/a\0b", "/a\0", "\0a\0", "\0", "/\u0100"]) expect(roundTrip(text)).toBeUndefined();
  });

  test("bytes above 0x7f are one character each", () => expect(roundTrip("/\u00e9\u00ff")).toBe("/\u00e9\u00ff"));
});
