/** A run of bytes of a PROXY header and what they say. */
export interface HeaderPart {
  /** Of the first byte, from the start of the header. */
  readonly offset: number;
  readonly hex: string;
  readonly name: string;
  /** In words; what a sender chose itself is quoted, with control characters escaped. */
  readonly value: string;
  /** 0, or how deep it lies inside a TLV. */
  readonly level: number;
}

export function part(
  bytes: Uint8Array,
  start: number,
  end: number,
  name: string,
  value: string,
  level = 0,
): HeaderPart {
  return { offset: start, hex: Buffer.from(bytes.subarray(start, end)).toString("hex"), name, value, level };
}

/** `1 byte`, `2 bytes`. */
export function byteCount(count: number): string {
  return `${count} byte${count === 1 ? "" : "s"}`;
}

export function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What the bytes say as text. Whoever sent them chose it, so that nothing in it may reach a terminal as it is. */
export function quoted(bytes: Uint8Array): string {
  try {
    return quotedText(utf8.decode(bytes));
  } catch {
    return `${byteCount(bytes.length)} that are no UTF-8`;
  }
}

export function quotedText(text: string): string {
  const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return JSON.stringify(text).replace(/\p{C}/gu, escaped);
}
