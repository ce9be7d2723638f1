import { TLV_OVERHEAD } from "./constants.ts";
import type { Endpoint } from "./header.ts";
import type { HeaderInit } from "./header-init.ts";
import { HeaderTemplate } from "./header-template.ts";
import { type Layout, layOut, layoutBytes, padded } from "./layout.ts";

/** Length in bytes of the headers that AWS's Network Load Balancers send. */
export const NLB_HEADER_LENGTH = 100;

/** What a Network Load Balancer has to tell about a connection. */
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
 *
 * An endpoint id that leaves no room for the NOOP makes the header as long as it has to be, without one; AWS's own ids
 * do not. Throws {@link Pp2Error} as `encode` does.
 */
export function nlbHeader(init: NlbHeaderInit): Uint8Array {
  return layoutBytes(nlbLayout(init));
}

/** A template that writes what {@link nlbHeader} does, for one address family and one VPC endpoint or none. */
export function nlbTemplate(init: Pick<HeaderInit, "awsVpcEndpointId"> & { family: "INET" | "INET6" }): HeaderTemplate {
  const end = { address: init.family === "INET" ? "0.0.0.0" : "::", port: 0 };
  const { length } = nlbLayout({ ...init, source: end, destination: end });
  return new HeaderTemplate({ ...init, crc32c: true, padTo: length });
}

/**
 * The header that a Network Load Balancer sends with a health check: always the same 100 bytes, in a new array. LOCAL,
 * with a family byte of 0x11 and nevertheless without addresses: the CRC32C stands where they would be.
 */
export function nlbHealthCheckHeader(): Uint8Array {
  return layoutBytes({ ...layOut({ crc32c: true, padTo: NLB_HEADER_LENGTH }), familyByte: 0x11 });
}

function nlbLayout({ source, destination, awsVpcEndpointId }: NlbHeaderInit): Layout {
  const layout = layOut({
    source,
    destination,
    crc32c: true,
    ...(awsVpcEndpointId !== undefined && { awsVpcEndpointId }),
  });
  return layout.length + TLV_OVERHEAD <= NLB_HEADER_LENGTH ? padded(layout, NLB_HEADER_LENGTH) : layout;
}
