import type { DecodeOptions } from "./decode-options.ts";
import { errorMessage } from "./errors.ts";
import type { DecodeResult } from "./header.ts";
import { STATUS_INCOMPLETE, STATUS_OK } from "./header-fields.ts";
import { HeaderView } from "./header-view.ts";

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
  shared.decode(bytes, options);
  const result = resultOf(shared);
  shared.release();
  return result;
}

/** What the view's last `decode` came to. A header in it borrows the decoded bytes. */
export function resultOf(view: HeaderView): DecodeResult {
  if (view.status === STATUS_OK) {
    return { status: "ok", header: view.toBorrowedHeader(), bytesRead: view.bytesRead };
  }
  if (view.status === STATUS_INCOMPLETE) return { status: "incomplete", bytesNeeded: view.bytesNeeded };
  const code = view.errorCode ?? "PP2_NOT_PROXY_PROTOCOL";
  return { status: "invalid", code, offset: view.errorOffset, message: errorMessage(code, view.errorOffset) };
}
