/**
 * Numbers of the protocol, under the names that its specification gives them (doc/proxy-protocol.txt of HAProxy,
 * revision of 2026-04-27, §2.2; the vendors' types from their own documentation).
 */

/** ALPN of the client's connection, opaque bytes. */
export const PP2_TYPE_ALPN = 0x01;
/** Host name that the client asked for (SNI), UTF-8. */
export const PP2_TYPE_AUTHORITY = 0x02;
/** CRC32C of the whole header, u32 big-endian. */
export const PP2_TYPE_CRC32C = 0x03;
/** Padding; to be ignored. */
export const PP2_TYPE_NOOP = 0x04;
/** Opaque connection id of up to 128 bytes. */
export const PP2_TYPE_UNIQUE_ID = 0x05;
/** TLS facts: flags, verification result, sub-TLVs 0x21 to 0x28. */
export const PP2_TYPE_SSL = 0x20;
/** Name of the network namespace, US-ASCII. */
export const PP2_TYPE_NETNS = 0x30;
/** Google Cloud Private Service Connect connection id, u64 big-endian. */
export const PP2_TYPE_GCP = 0xe0;
/** Amazon: a subtype byte and its value. */
export const PP2_TYPE_AWS = 0xea;
/** Microsoft Azure: a subtype byte and its value. */
export const PP2_TYPE_AZURE = 0xee;

/** Sub-TLVs; only meaningful inside PP2_TYPE_SSL. */
export const PP2_SUBTYPE_SSL_VERSION = 0x21;
export const PP2_SUBTYPE_SSL_CN = 0x22;
export const PP2_SUBTYPE_SSL_CIPHER = 0x23;
export const PP2_SUBTYPE_SSL_SIG_ALG = 0x24;
export const PP2_SUBTYPE_SSL_KEY_ALG = 0x25;
export const PP2_SUBTYPE_SSL_GROUP = 0x26;
export const PP2_SUBTYPE_SSL_SIG_SCHEME = 0x27;
export const PP2_SUBTYPE_SSL_CLIENT_CERT = 0x28;
/** Subtype of PP2_TYPE_AWS: the VPC endpoint's id in ASCII. */
export const PP2_SUBTYPE_AWS_VPCE_ID = 0x01;
/** Subtype of PP2_TYPE_AZURE: the private endpoint's LinkID, u32 little-endian. */
export const PP2_SUBTYPE_AZURE_PRIVATEENDPOINT_LINKID = 0x01;

/** Bits of the first byte of PP2_TYPE_SSL. */
export const PP2_CLIENT_SSL = 0x01;
export const PP2_CLIENT_CERT_CONN = 0x02;
export const PP2_CLIENT_CERT_SESS = 0x04;

/** What no other protocol starts with. */
export const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
/** Version and command in one byte. */
export const VERSION_2_LOCAL = 0x20;
export const VERSION_2_PROXY = 0x21;
/** Signature, version and command, family and transport, length. */
export const FIXED_LENGTH = 16;
/** The longest header that the 16-bit length can describe. */
export const MAX_HEADER_SIZE: number = FIXED_LENGTH + 0xffff;
/**
 * What a decoder takes unless told otherwise. A header with a client certificate needs one to two KiB; everything
 * above is memory that a stranger makes us hold.
 */
export const DEFAULT_MAX_HEADER_SIZE = 4096;
/** Of a version 1 line, CRLF included (§2.1). */
export const V1_MAX_LENGTH = 107;
/** The shortest version 1 line: `PROXY UNKNOWN` and CRLF. */
export const V1_MIN_LENGTH = 15;
/** The bytes that a TLV's type and length take. */
export const TLV_OVERHEAD = 3;
/** Client flags and verification result, in front of PP2_TYPE_SSL's sub-TLVs (§2.2.6). */
export const SSL_FIXED_LENGTH = 5;
/** Of PP2_TYPE_UNIQUE_ID's value (§2.2.5). */
export const UNIQUE_ID_MAX_LENGTH = 128;
/** The bytes that an address takes. */
export const IPV4_LENGTH = 4;
export const IPV6_LENGTH = 16;
/** sun_path on Linux, as the address of family UNIX is laid out (§2.2). */
export const UNIX_ADDRESS_LENGTH = 108;

/** These two by the wire's number of the family. */
export const ADDRESS_LENGTHS: readonly number[] = [0, IPV4_LENGTH, IPV6_LENGTH, UNIX_ADDRESS_LENGTH];
/** Two addresses and, except for UNIX, two ports. */
export const ADDRESS_BLOCK_LENGTHS: readonly number[] = [0, 12, 36, 2 * UNIX_ADDRESS_LENGTH];
