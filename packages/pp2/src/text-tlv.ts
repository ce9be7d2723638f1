import {
  PP2_TYPE_ALPN,
  PP2_TYPE_AUTHORITY,
  PP2_TYPE_NETNS,
  PP2_TYPE_UNIQUE_ID,
  UNIQUE_ID_MAX_LENGTH,
} from "./constants.ts";
import { ascii, utf8 } from "./text.ts";
import type { TlvSource } from "./tlv.ts";

/*
 * All of these texts were chosen by whoever sent the header, often by the client: they may hold line breaks, or a name
 * that is not the client's. They are undefined when the TLV is missing or is not the text that it should be; the bytes
 * are there in any case, through `header.tlv(type)`.
 */

/** Host name that the client asked for, as in TLS SNI: UTF-8 (PROXY protocol §2.2.2). */
export function authority(header: TlvSource): string | undefined {
  return text(header, PP2_TYPE_AUTHORITY, utf8);
}

/** Upper-layer protocol of the client's connection, such as `h2` (§2.2.1). The protocol says opaque bytes; this is UTF-8 only. */
export function alpn(header: TlvSource): string | undefined {
  return text(header, PP2_TYPE_ALPN, utf8);
}

/** Id that the sender gave to the connection (§2.2.5): up to 128 opaque bytes; this is UTF-8 only. */
export function uniqueId(header: TlvSource): string | undefined {
  const value = header.tlv(PP2_TYPE_UNIQUE_ID);
  return value === undefined || value.length > UNIQUE_ID_MAX_LENGTH ? undefined : utf8(value);
}

/** Name of the network namespace: US-ASCII (§2.2.7). */
export function netns(header: TlvSource): string | undefined {
  return text(header, PP2_TYPE_NETNS, ascii);
}

function text(header: TlvSource, type: number, decode: (value: Uint8Array) => string | undefined): string | undefined {
  const value = header.tlv(type);
  return value === undefined ? undefined : decode(value);
}
