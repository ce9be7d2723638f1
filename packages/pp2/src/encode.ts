import { assertRoom } from "./bytes.ts";
import { Pp2Error } from "./errors.ts";
import type { HeaderInit } from "./header-init.ts";
import { layOut, writeLayout } from "./layout.ts";
import { latin1Bytes } from "./text.ts";
import { formatV1 } from "./v1-line.ts";

/** The header in a new array. Throws {@link Pp2Error} when `init` describes no header. */
export function encode(init: HeaderInit): Uint8Array {
  if (isVersion1(init)) return latin1Bytes(formatV1(init));
  const layout = layOut(init);
  const bytes = new Uint8Array(layout.length);
  writeLayout(bytes, 0, layout);
  return bytes;
}

/** How many bytes `encode` would make. Throws as `encode` does. */
export function encodedLength(init: HeaderInit): number {
  return isVersion1(init) ? formatV1(init).length : layOut(init).length;
}

/**
 * Writes the header to `target` from `offset` on and returns its length in bytes. Throws as `encode` does, and with
 * PP2_TARGET_TOO_SMALL when it does not fit. When it throws, nothing has been written.
 */
export function encodeInto(target: Uint8Array, offset: number, init: HeaderInit): number {
  if (isVersion1(init)) {
    const line = latin1Bytes(formatV1(init));
    assertRoom(target, offset, line.length);
    target.set(line, offset);
    return line.length;
  }
  const layout = layOut(init);
  assertRoom(target, offset, layout.length);
  writeLayout(target, offset, layout);
  return layout.length;
}

function isVersion1({ version = 2 }: HeaderInit): boolean {
  if (version !== 1 && version !== 2) throw new Pp2Error("PP2_INVALID_VERSION", "the version is 1 or 2");
  return version === 1;
}
