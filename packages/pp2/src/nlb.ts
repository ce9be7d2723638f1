import { encode, encodedLength } from "./encode.ts";
import type { Endpoint } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";

/** Length in bytes of the headers that AWS's Network Load Balancers send. */
export const NLB_HEADER_LENGTH = 100;
const TLV_OVERHEAD = 3;

export interface NlbHeaderInit {
  /** The client. */
  readonly source: Endpoint;
  /** What it connected to; through PrivateLink that is the VPC endpoint's address. */
  readonly destination: Endpoint;
  /** For connections through a VPC endpoint (PrivateLink). */
  readonly awsVpcEndpointId?: string;
}

/**
 * The header that an AWS Network Load Balancer sends for a TCP connection, byte for byte: CRC32C, the VPC endpoint's id
 * if there is one, and a NOOP up to 100 bytes in all. The layout is that of captures of IPv4 connections. No capture of
 * IPv6 is known; there the same layout is inferred, with 36 bytes of addresses.
 * An endpoint id too long for the NOOP to fit makes the header as long as it has to be, without a NOOP.
 * Throws {@link Pp2Error} as `encode` does.
 */
export function nlbHeader({ source, destination, awsVpcEndpointId }: NlbHeaderInit): Uint8Array {
  const init: HeaderInit = {
    source,
    destination,
    crc32c: true,
    ...(awsVpcEndpointId !== undefined && { awsVpcEndpointId }),
  };
  return encode({ ...init, padTo: nlbPadTo(encodedLength(init)) });
}

/** What to pad a header of `length` bytes to, as a Network Load Balancer does: `padTo` for a {@link HeaderTemplate}. */
export function nlbPadTo(length: number): number {
  return length + TLV_OVERHEAD <= NLB_HEADER_LENGTH ? NLB_HEADER_LENGTH : length;
}

/**
 * The header that a Network Load Balancer sends with a health check: always the same 100 bytes, in a new array. LOCAL,
 * with a family byte of 0x11 and nevertheless without addresses: the CRC32C stands where they would be.
 */
export function nlbHealthCheckHeader(): Uint8Array {
  const header = encode({ command: "LOCAL", crc32c: true, padTo: NLB_HEADER_LENGTH });
  return header;
}
