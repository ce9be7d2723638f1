import { nlbHeader } from "@edgekit/pp2";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHexText } from "./hex-text.ts";

const header = nlbHeader({
  source: { address: "198.51.100.7", port: 40_001 },
  destination: { address: "10.0.0.5", port: 443 },
});
const bytes = Buffer.concat([header, Buffer.from("GET /")]);
const hex = bytes.toString("hex");

/** The tools' own output for these bytes. */
const dumps = {
  xxd: `00000000: 0d0a 0d0a 000d 0a51 5549 540a 2111 0054  .......QUIT.!..T
00000010: c633 6407 0a00 0005 9c41 01bb 0300 0420  .3d......A..... 
00000020: 87ea 9d04 003e 0000 0000 0000 0000 0000  .....>..........
00000030: 0000 0000 0000 0000 0000 0000 0000 0000  ................
00000040: 0000 0000 0000 0000 0000 0000 0000 0000  ................
00000050: 0000 0000 0000 0000 0000 0000 0000 0000  ................
00000060: 0000 0000 4745 5420 2f                   ....GET /
`,
  "hexdump -C": `00000000  0d 0a 0d 0a 00 0d 0a 51  55 49 54 0a 21 11 00 54  |.......QUIT.!..T|
00000010  c6 33 64 07 0a 00 00 05  9c 41 01 bb 03 00 04 20  |.3d......A..... |
00000020  87 ea 9d 04 00 3e 00 00  00 00 00 00 00 00 00 00  |.....>..........|
00000030  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000060  00 00 00 00 47 45 54 20  2f                       |....GET /|
00000069
`,
  "od -A x -t x1": `000000 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 21 11 00 54
000010 c6 33 64 07 0a 00 00 05 9c 41 01 bb 03 00 04 20
000020 87 ea 9d 04 00 3e 00 00 00 00 00 00 00 00 00 00
000030 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
*
000060 00 00 00 00 47 45 54 20 2f
000069
`,
  "tshark -x": `0000  0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 21 11 00 54   .......QUIT.!..T
0010  c6 33 64 07 0a 00 00 05 9c 41 01 bb 03 00 04 20   .3d......A..... 
0020  87 ea 9d 04 00 3e 00 00 00 00 00 00 00 00 00 00   .....>..........
0030  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   ................
0040  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   ................
0050  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   ................
0060  00 00 00 00 47 45 54 20 2f                        ....GET /
`,
  "tcpdump -X": `\t0x0000:  0d0a 0d0a 000d 0a51 5549 540a 2111 0054  .......QUIT.!..T
\t0x0010:  c633 6407 0a00 0005 9c41 01bb 0300 0420  .3d......A.....
\t0x0020:  87ea 9d04 003e 0000 0000 0000 0000 0000  .....>..........
\t0x0030:  0000 0000 0000 0000 0000 0000 0000 0000  ................
\t0x0040:  0000 0000 0000 0000 0000 0000 0000 0000  ................
\t0x0050:  0000 0000 0000 0000 0000 0000 0000 0000  ................
\t0x0060:  0000 0000 4745 5420 2f                   ....GET./
`,
};

function read(text: string): string {
  const result = parseHexText(text);
  return "bytes" in result ? Buffer.from(result.bytes).toString("hex") : result.problem;
}

describe("parseHexText", () => {
  it.each(Object.entries(dumps))("reads what %s prints", (_, text) => {
    expect(read(text)).toBe(hex);
    expect(read(text.replaceAll("\n", "\r\n"))).toBe(hex);
  });

  it.each([
    ["plain", hex],
    ["upper case, in lines", hex.toUpperCase().replace(/(.{32})/g, "$1\n")],
    ["spaces", hex.replace(/../g, "$& ")],
    ["colons", hex.replace(/..(?=.)/g, "$&:")],
    ["0x and commas", hex.replace(/../g, "0x$&, ")],
    ["a string of C", `"${hex.replace(/../g, "\\x$&")}"`],
  ])("reads %s", (_, text) => {
    expect(read(text)).toBe(hex);
  });

  it("does not take the text at the side for bytes", () => {
    expect(read("00000000: 6465 6164 6265 6566                      deadbeef\n")).toBe("6465616462656566");
    expect(read("0000  de ad be ef 61 62 63 64   dead be ef\n")).toBe("deadbeef61626364");
  });

  it.each([
    ["0d0a\nxyz", 'line 2: "x" is not a hexadecimal digit'],
    ["0d0", "3 hexadecimal digits make no whole bytes"],
    ["0000  0d 0a\n0010  0d 0a", "line 2 begins at byte 16, where byte 2 is next"],
    ["0000  0d 0a\nnothing", 'line 2 has no offset: "nothing"'],
  ])("says what is wrong: %j", (text, problem) => {
    expect(read(text)).toBe(problem);
  });

  it("never throws, and gives back any bytes that were written as hexadecimal", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseHexText(text)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.uint8Array({ max: 0 })), (data) => {
        const text = Buffer.from(data).toString("hex");
        // A line that begins with zeros and a gap is taken for a dump, so here there is no gap.
        expect(read(text)).toBe(text);
      }),
    );
  });
});
