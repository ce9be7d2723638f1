import type { Pp2ErrorCode } from "./errors.ts";
import { subarray, type Tlv, TlvBlock, type TlvSource } from "./tlv.ts";

export type Version = 1 | 2;
/** PROXY: a relayed connection. LOCAL: the proxy's own, such as a health check; the real endpoints count. */
export type Command = "PROXY" | "LOCAL";
export type Family = "UNSPEC" | "INET" | "INET6" | "UNIX";
export type Transport = "UNSPEC" | "STREAM" | "DGRAM";

/* Both in the order of the wire's numbers. */
export const FAMILIES: readonly Family[] = ["UNSPEC", "INET", "INET6", "UNIX"];
export const TRANSPORTS: readonly Transport[] = ["UNSPEC", "STREAM", "DGRAM"];

/** One side of the proxied connection. */
export interface Endpoint {
  /**
   * IPv4 and IPv6 as RFC 5952 writes them. Of family UNIX the path, one character for each byte (latin-1) and
   * without the NULs that fill it up; an abstract name keeps its leading `\0`.
   */
  readonly address: string;
  /** 0 to 65535; 0 for UNIX. */
  readonly port: number;
}

/** A header that was accepted. */
export interface Header extends TlvSource {
  readonly version: Version;
  readonly command: Command;
  /** UNSPEC for LOCAL, whatever the family byte said (PROXY protocol §2.2). */
  readonly family: Family;
  readonly transport: Transport;
  /** The client. null for LOCAL and UNSPEC. */
  readonly source: Endpoint | null;
  /** What the client connected to. null for LOCAL and UNSPEC. */
  readonly destination: Endpoint | null;
  /** In wire order, duplicates kept; empty in version 1. */
  readonly tlvs: Iterable<Tlv>;
  /**
   * The whole header as it was received, to log it or to pass it on. As the TLVs, a view of the decoded bytes, valid until
   * those change; `HeaderView.toHeader` and the servers of `@edgekit/pp2/node` give a copy.
   */
  readonly bytes: Uint8Array;
  /** The value of the first TLV of that type. */
  tlv(type: number): Uint8Array | undefined;
}

/** What decoding came to. Bytes of a peer never make the codec throw. */
export type DecodeResult =
  | {
      readonly status: "ok";
      readonly header: Header;
      /** Length of the header: where the payload starts. */
      readonly bytesRead: number;
    }
  | {
      readonly status: "incomplete";
      /** Total bytes wanted, counted from the start of the header; never more than the header has. */
      readonly bytesNeeded: number;
    }
  | {
      readonly status: "invalid";
      readonly code: Pp2ErrorCode;
      /** Of the byte, counted from the start of the header, that decided it. */
      readonly offset: number;
      /** For people and logs; holds none of the peer's bytes. */
      readonly message: string;
    };

/** Where a header takes its fields from: a `HeaderView` that has decoded it. */
export interface DecodedFields extends Pick<Header, "version" | "command" | "family" | "transport"> {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tlvsStart: number;
  readonly tlvsEnd: number;
  sourceAddress(): string | undefined;
  destinationAddress(): string | undefined;
}

/** A header over bytes that were found valid. */
export class WireHeader implements Header {
  // Declared and not defined: the constructor does, and once is enough.
  declare readonly version: Version;
  declare readonly command: Command;
  declare readonly family: Family;
  declare readonly transport: Transport;
  declare readonly source: Endpoint | null;
  declare readonly destination: Endpoint | null;
  declare readonly tlvs: TlvBlock;
  declare readonly bytes: Uint8Array;

  /** `bytes` are those of the header that `view` has decoded, or a copy of them. */
  constructor(view: DecodedFields, bytes: Uint8Array) {
    this.version = view.version;
    this.command = view.command;
    this.family = view.family;
    this.transport = view.transport;
    this.source = endpoint(view.sourceAddress(), view.sourcePort);
    this.destination = endpoint(view.destinationAddress(), view.destinationPort);
    this.tlvs = new TlvBlock(bytes, view.tlvsStart, view.tlvsEnd);
    this.bytes = bytes;
  }

  tlv(type: number): Uint8Array | undefined {
    return this.tlvs.first(type, subarray);
  }
}

function endpoint(address: string | undefined, port: number): Endpoint | null {
  return address === undefined ? null : { address, port };
}
