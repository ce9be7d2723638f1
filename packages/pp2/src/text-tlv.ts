import {
  PP2_TYPE_ALPN,
  PP2_TYPE_AUTHORITY,
  PP2_TYPE_NETNS,
  PP2_TYPE_UNIQUE_ID,
  UNIQUE_ID_MAX_LENGTH,
} from "./constants.ts";
import { utf8 } from "./text.ts";
import type { TlvSource } from "./tlv.ts";

/*
 * All of these texts were chosen by whoever sent the header, often by the client: they may hold line breaks, or a name
 * that is not the client's. They are undefined when the TLV is missing or is not the text that it should be; the bytes
 * are there in any case, through `header.tlv(type)`.
 */

/** Host name that the client asked for, as in TLS SNI: UTF-8 (PROXY protocol §2.2.2). */
export function authority(header: TlvSource): string | undefined {
  return utf8(header.tlv(PP2_TYPE_AUTHORITY));
}

/** Upper-layer protocol of the client's connection, such as `h2` (§2.2.1). Opaque bytes to the protocol; here UTF-8 only. */
export function alpn(header: TlvSource): string | undefined {
  return utf8(header.tlv(PP2_TYPE_ALPN));
}

/** Id that the sender gave to the connection (§2.2.5): up to 128 opaque bytes; here UTF-8 only. */
export function uniqueId(header: TlvSource): string | undefined {
  const value = header.tlv(PP2_TYPE_UNIQUE_ID);
  return value && value.length <= UNIQUE_ID_MAX_LENGTH ? utf8(value) : undefined;
}

/** Name of the network namespace: US-ASCII (§2.2.7). */
export function netns(header: TlvSource): string | undefined {
  const value = header.tlv(PP2_TYPE_NETNS);
  return value?.every((byte) => byte < 0x80) ? utf8(value) : undefined;
}
