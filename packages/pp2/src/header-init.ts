import type { Command, Endpoint, Family, Transport, Version } from "./header.ts";
import type { Tlv } from "./tlv.ts";

/**
 * What to write. A decoded `Header` is one too, so `encode(header)` writes it again.
 *
 * TLVs come in this order: CRC32C (`crc32c`), the VPC endpoint's id (`awsVpcEndpointId`), `tlvs` in theirs, one NOOP
 * (`padTo`). That is the order of AWS's Network Load Balancers.
 */
export interface HeaderInit {
  /** Default 2. Version 1 has no TLVs, datagrams or UNIX sockets, and writes LOCAL as UNKNOWN. */
  readonly version?: Version;
  /** Default PROXY with addresses, LOCAL without. */
  readonly command?: Command;
  /**
   * Default what the addresses are: INET, INET6, or UNIX when they begin with `/` or `\0`. IPv4 beside IPv6, or under
   * INET6, is written as an IPv4-mapped address, because a header has one family. UNSPEC and LOCAL have no addresses.
   */
  readonly family?: Family;
  /** Default STREAM; not looked at without addresses. */
  readonly transport?: Transport;
  readonly source?: Endpoint | null;
  readonly destination?: Endpoint | null;
  /**
   * A CRC32C among them keeps its place, and its value is computed anew whatever it was. A UNIQUE_ID has 128 bytes at
   * most; an SSL TLV must be well-formed.
   */
  readonly tlvs?: Iterable<Tlv>;
  /** Written as TLV 0xEA, subtype 0x01: one or more letters, digits and hyphens. */
  readonly awsVpcEndpointId?: string;
  /** Write a CRC32C, first of all TLVs unless there is one in `tlvs` already. Default false. */
  readonly crc32c?: boolean;
  /**
   * Length of the whole header in bytes, up to 65551. One NOOP TLV of 3 bytes or more fills the gap, so a gap of 1 or 2 bytes
   * cannot be filled and is an error, as is a header that is already longer.
   */
  readonly padTo?: number;
}
