/**
 * PROXY protocol v1 and v2: decoding, encoding, typed TLVs. Pure: works on Uint8Array, imports nothing.
 *
 * ```ts
 * import { awsVpcEndpointId, decode, nlbHeader } from "@edgekit/pp2";
 *
 * const bytes = nlbHeader({
 *   source: { address: "203.0.113.7", port: 51234 },
 *   destination: { address: "10.0.0.5", port: 443 },
 *   awsVpcEndpointId: "vpce-08d2bf15fac5001c9",
 * });
 * const result = decode(bytes);
 * if (result.status === "ok") {
 *   console.log(result.header.source); // { address: "203.0.113.7", port: 51234 }
 *   console.log(awsVpcEndpointId(result.header)); // vpce-08d2bf15fac5001c9
 *   console.log(bytes.subarray(result.bytesRead)); // what follows the header
 * }
 * ```
 *
 * @module
 */

export { awsVpcEndpointId } from "./aws.ts";
export { azureLinkId } from "./azure.ts";
export {
  PP2_TYPE_ALPN,
  PP2_TYPE_AUTHORITY,
  PP2_TYPE_AWS,
  PP2_TYPE_AZURE,
  PP2_TYPE_CRC32C,
  PP2_TYPE_GCP,
  PP2_TYPE_NETNS,
  PP2_TYPE_NOOP,
  PP2_TYPE_SSL,
  PP2_TYPE_UNIQUE_ID,
} from "./constants.ts";
export { crc32c } from "./crc32c.ts";
export { type DatagramResult, decodeDatagram, encodeDatagram } from "./datagram.ts";
export { decode } from "./decode.ts";
export type { DecodeOptions } from "./decode-options.ts";
export { encode, encodedLength, encodeInto } from "./encode.ts";
export { type EncodeErrorCode, Pp2Error, type Pp2ErrorCode } from "./errors.ts";
export { gcpPscConnectionId } from "./gcp.ts";
export type { Command, DecodeResult, Endpoint, Family, Header, Transport, Version } from "./header.ts";
export { HeaderDecoder } from "./header-decoder.ts";
export type { HeaderInit } from "./header-init.ts";
export { HeaderTemplate, type HeaderTemplateInit } from "./header-template.ts";
export { HeaderView } from "./header-view.ts";
export { NLB_HEADER_LENGTH, type NlbHeaderInit, nlbHeader, nlbHealthCheckHeader, nlbTemplate } from "./nlb.ts";
export { type SslInfo, ssl } from "./ssl.ts";
export { STATUS_INCOMPLETE, STATUS_INVALID, STATUS_OK, type Status } from "./status.ts";
export { alpn, authority, netns, uniqueId } from "./text-tlv.ts";
export type { Tlv, TlvSource } from "./tlv.ts";
