import { refuse } from "./errors.ts";

/**
 * TypeError unless it is a Uint8Array, of whatever realm: a test runner's Buffer may be no `instanceof` of ours.
 * Other typed arrays have other numbers in them and would be misread.
 */
export function assertBytes(value: unknown): void {
  if ((value as Uint8Array | null | undefined)?.[Symbol.toStringTag] !== "Uint8Array")
    throw new TypeError("not a Uint8Array");
}

/** The same memory as a Uint8Array of this realm; TypeError unless it is one already, of whatever realm. */
export function ownBytes(value: Uint8Array): Uint8Array {
  assertBytes(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}

/** Pp2Error unless `target` has room for `length` bytes from `offset` on. */
export function assertRoom(target: Uint8Array, offset: number, length: number): void {
  if (!Number.isInteger(offset) || offset < 0 || offset + length > target.length) {
    refuse("PP2_TARGET_TOO_SMALL", `${length} at ${offset} of ${target.length}`);
  }
}

/** Both, one behind the other, in a new array. */
export function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
