import type { DecodeOptions } from "./decode-options.ts";
import { errorMessage, type Pp2ErrorCode } from "./errors.ts";
import type { DecodeResult } from "./header.ts";
import { HeaderView } from "./header-view.ts";
import { STATUS_INCOMPLETE, STATUS_OK } from "./status.ts";

/** One for all calls: decoding is synchronous and calls nobody back. */
let shared: HeaderView | undefined;

/**
 * Decodes the header at the start of `bytes`, which may go on with payload.
 *
 * The header's TLV values are views of `bytes`, so they change when that buffer does; addresses and everything else are
 * values of their own. Throws TypeError or RangeError when the arguments make no sense, and nothing for what a peer sent.
 */
export function decode(bytes: Uint8Array, options?: DecodeOptions): DecodeResult {
  shared ??= new HeaderView();
  const status = shared.decode(bytes, options);
  if (status === STATUS_INCOMPLETE) return { status: "incomplete", bytesNeeded: shared.bytesNeeded };
  if (status !== STATUS_OK) return invalidResult(shared.errorCode as Pp2ErrorCode, shared.errorOffset);
  const { bytesRead } = shared;
  const header = shared.toHeader(true);
  shared.release();
  return { status: "ok", header, bytesRead };
}

export function invalidResult(code: Pp2ErrorCode, offset: number): Extract<DecodeResult, { status: "invalid" }> {
  return { status: "invalid", code, offset, message: errorMessage(code, `byte ${offset}`) };
}
