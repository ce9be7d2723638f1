import { concat } from "./bytes.ts";
import { decode } from "./decode.ts";
import type { DecodeOptions } from "./decode-options.ts";
import { encode } from "./encode.ts";
import type { DecodeResult, Header } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";

/** What decoding a datagram came to. It is never incomplete: a header has to be whole in its datagram. */
export type DatagramResult =
  | {
      readonly status: "ok";
      readonly header: Header;
      readonly bytesRead: number;
      /** What the client sent: a view of the datagram behind the header. */
      readonly payload: Uint8Array;
    }
  | Extract<DecodeResult, { status: "invalid" }>;

/**
 * Decodes one UDP datagram: header and payload come together, and each datagram has a header of its own (PROXY
 * protocol §2). Version 1 is for TCP only, so `versions` is `[2]` unless given. Throws as `decode` does.
 *
 * Cloudflare's Simple Proxy Protocol (38 bytes, first 0x56EC) is another protocol and gives PP2_NOT_PROXY_PROTOCOL.
 */
export function decodeDatagram(bytes: Uint8Array, options: Omit<DecodeOptions, "end"> = {}): DatagramResult {
  const result = decode(bytes, { versions: [2], ...options, end: true });
  if (result.status === "ok") return { ...result, payload: bytes.subarray(result.bytesRead) };
  return result as Extract<DecodeResult, { status: "invalid" }>;
}

/** One datagram: the header for `init`, of transport DGRAM unless given, and the payload. Throws as `encode` does. */
export function encodeDatagram(init: HeaderInit, payload: Uint8Array): Uint8Array {
  return concat(encode({ transport: "DGRAM", ...init }), payload);
}
