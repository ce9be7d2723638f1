/*
 * Plain reads and writes: a DataView would be an object for each buffer. The caller has checked the bounds. `| 0` spares
 * the check for integer overflow, which the bounds check of the access makes needless.
 */

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[(at + 1) | 0] as number);
}

/** Four bytes as a signed number: one that needs no heap number where it is compared. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[(at + 1) | 0] as number) << 16) |
    ((bytes[(at + 2) | 0] as number) << 8) |
    (bytes[(at + 3) | 0] as number)
  );
}

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
