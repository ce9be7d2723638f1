import { assertRoom } from "./bytes.ts";
import { refuse } from "./errors.ts";
import type { HeaderInit } from "./header-init.ts";
import { type Layout, layOut, layoutBytes, writeLayout } from "./layout.ts";
import { latin1Bytes } from "./text.ts";
import { formatV1 } from "./v1-line.ts";

/** The header in a new array. Throws {@link Pp2Error} when `init` describes no header. */
export function encode(init: HeaderInit): Uint8Array {
  const plan = planOf(init);
  return typeof plan === "string" ? latin1Bytes(plan) : layoutBytes(plan);
}

/** How many bytes `encode` would make. Throws as `encode` does. */
export function encodedLength(init: HeaderInit): number {
  return planOf(init).length;
}

/**
 * Writes the header to `target` from `offset` on and returns its length in bytes. Throws as `encode` does, and with
 * PP2_TARGET_TOO_SMALL when it does not fit. When it throws, nothing has been written.
 */
export function encodeInto(target: Uint8Array, offset: number, init: HeaderInit): number {
  const plan = planOf(init);
  assertRoom(target, offset, plan.length);
  if (typeof plan === "string") target.set(latin1Bytes(plan), offset);
  else writeLayout(target, offset, plan);
  return plan.length;
}

/** The line of version 1, the layout of version 2. */
function planOf(init: HeaderInit): string | Layout {
  const { version = 2 } = init;
  if (version !== 1 && version !== 2) refuse("PP2_INVALID_VERSION", version);
  return version === 1 ? formatV1(init) : layOut(init);
}
