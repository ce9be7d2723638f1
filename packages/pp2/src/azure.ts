import { PP2_SUBTYPE_AZURE_PRIVATEENDPOINT_LINKID, PP2_TYPE_AZURE } from "./constants.ts";
import type { TlvSource } from "./tlv.ts";

/**
 * LinkID of the Azure private endpoint that the connection came through, a u32; undefined when the header has none.
 * The one little-endian number in a big-endian protocol. Source: Azure Private Link service, TCP proxy v2.
 */
export function azureLinkId(header: TlvSource): number | undefined {
  const value = header.tlv(PP2_TYPE_AZURE);
  if (value?.length !== 5 || value[0] !== PP2_SUBTYPE_AZURE_PRIVATEENDPOINT_LINKID) return undefined;
  return new DataView(value.buffer, value.byteOffset).getUint32(1, true);
}
