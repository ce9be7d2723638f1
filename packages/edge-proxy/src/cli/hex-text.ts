/** Bytes from text in which people write them, or what is not hexadecimal in it. */
export type HexText = { readonly bytes: Uint8Array } | { readonly problem: string };

/**
 * Reads hexadecimal: plain, with spaces, colons, commas, `0x` or `\x`, and the dumps of xxd, hexdump -C, od -A x -t x1, tshark -x
 * and tcpdump -X, with their offsets and texts.
 */
export function parseHexText(text: string): HexText {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return /^\s*(0x)?0{4,8}(:|\s+\S)/i.test(lines[0] ?? "") ? parseDump(lines) : parsePlain(text);
}

function parsePlain(text: string): HexText {
  const digits: string[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const kept = line.replace(/0x|\\x/gi, "").replace(/[\s:,;\-"'[\]{}()]/g, "");
    const strange = /[^0-9a-f]/i.exec(kept);
    if (strange !== null) return { problem: `line ${i + 1}: ${JSON.stringify(strange[0])} is not a hexadecimal digit` };
    digits.push(kept);
  }
  const hex = digits.join("");
  if (hex.length % 2 === 1) return { problem: `${hex.length} hexadecimal digits make no whole bytes` };
  return { bytes: Buffer.from(hex, "hex") };
}

const offsetPattern = /^\s*(?:0x)?([0-9a-f]{4,8})(?::\s*|\s+|$)/i;

function offsetOf(line: string): number | undefined {
  const [, digits] = offsetPattern.exec(line) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** Where a line's text begins is known from how many bytes come before the next line's offset. */
function parseDump(lines: readonly string[]): HexText {
  const bytes: number[] = [];
  let repeats = false;
  let width = 16;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "*") {
      repeats = true;
      continue;
    }
    const offset = offsetOf(line);
    if (offset === undefined) return { problem: `line ${i + 1} has no offset: ${JSON.stringify(line.slice(0, 40))}` };
    const last = bytes.slice(-width);
    while (repeats && bytes.length < offset) bytes.push(...last);
    repeats = false;
    if (offset !== bytes.length) {
      return { problem: `line ${i + 1} begins at byte ${offset}, where byte ${bytes.length} is next` };
    }
    const next = offsetOf(lines[i + 1] ?? "");
    const count = next === undefined ? width : next - offset;
    const found = bytesOfLine(line.replace(offsetPattern, ""), count);
    if (next !== undefined && lines[i + 1]?.trim() !== "*" && found.length === count) width = count;
    bytes.push(...found);
  }
  return { bytes: Uint8Array.from(bytes) };
}

/** At most `count` bytes; two spaces and something else, or a bar, begin the text at the side. */
function bytesOfLine(line: string, count: number): number[] {
  const [hex = ""] = line.split("|");
  const bytes: number[] = [];
  for (const [i, column] of hex.split(/\s{2,}/).entries()) {
    const words = column.trim() === "" ? [] : column.trim().split(" ");
    const isHex = words.length > 0 && words.every((word) => /^([0-9a-f]{2})+$/i.test(word));
    // hexdump leaves a gap after eight bytes; any other gap comes before the text.
    const goesOn = i === 0 || (bytes.length === 8 && words.every(({ length }) => length === 2));
    if (!isHex || !goesOn) break;
    bytes.push(...Buffer.from(words.join(""), "hex"));
  }
  return bytes.slice(0, count);
}
