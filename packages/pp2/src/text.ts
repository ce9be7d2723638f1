/** One character for each byte (latin-1), without an object for the range. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  // Joining costs most, so four at a time.
  for (; at + 4 <= end; at += 4) {
    text += String.fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
    );
  }
  for (; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/** One byte for each character, its low eight bits. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

let decoder: InstanceType<typeof TextDecoder> | undefined;

/** undefined when the bytes are not UTF-8: replacement characters would be text that nobody sent. */
export function utf8(bytes: Uint8Array | undefined): string | undefined {
  decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return bytes && decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
