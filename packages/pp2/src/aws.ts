import { PP2_SUBTYPE_AWS_VPCE_ID, PP2_TYPE_AWS } from "./constants.ts";
import { WireHeader } from "./header.ts";
import { latin1 } from "./text.ts";
import type { TlvSource } from "./tlv.ts";

/**
 * Id of the VPC endpoint (AWS PrivateLink) that the connection came through, such as `vpce-08d2bf15fac5001c9`.
 * undefined when the header has none, or one with anything but letters, digits and hyphens: the id goes into logs
 * and rules, and whoever sent the header chose it. Source: TLV 0xEA, subtype 0x01, in the Network Load Balancer guide.
 */
export function awsVpcEndpointId(header: TlvSource): string | undefined {
  if (header instanceof WireHeader) return header.tlvs.first(PP2_TYPE_AWS, vpcEndpointIdOf);
  const value = header.tlv(PP2_TYPE_AWS);
  return value && vpcEndpointIdOf(value, 0, value.length);
}

/** The id in the TLV value `bytes[start, end)`, whose first byte is the subtype. */
export function vpcEndpointIdOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < 2 || bytes[start] !== PP2_SUBTYPE_AWS_VPCE_ID) return undefined;
  for (let at = start + 1; at < end; at++) {
    if (!isOfVpcEndpointId(bytes[at] as number)) return undefined;
  }
  return latin1(bytes, start + 1, end);
}

/** One or more letters, digits and hyphens. */
export function isVpcEndpointId(id: string): boolean {
  if (typeof id !== "string") return false;
  for (let i = 0; i < id.length; i++) {
    if (!isOfVpcEndpointId(id.charCodeAt(i))) return false;
  }
  return id.length > 0;
}

function isOfVpcEndpointId(code: number): boolean {
  const isLetter = ((code | 0x20) - 0x61) >>> 0 < 26;
  const isDigit = (code - 0x30) >>> 0 < 10;
  return isLetter || isDigit || code === 0x2d;
}
