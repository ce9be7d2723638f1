import type { Pp2ErrorCode } from "@edgekit/pp2";

const startOfHeader = "0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a (version 2), or the text PROXY (version 1)";

/** What a receiver wants where it has found that, in the words of the specification's sections 2.1 and 2.2. */
export const expectations: Readonly<Record<Pp2ErrorCode, string>> = {
  PP2_NOT_PROXY_PROTOCOL: startOfHeader,
  PP2_BAD_SIGNATURE: startOfHeader,
  PP2_BAD_VERSION: "version 2 in the upper four bits: 0x20 (LOCAL) or 0x21 (PROXY)",
  PP2_BAD_COMMAND: "0x20 (LOCAL) or 0x21 (PROXY)",
  PP2_BAD_FAMILY: "family 0 (unspecified), 1 (IPv4), 2 (IPv6) or 3 (Unix socket) in the upper four bits",
  PP2_BAD_TRANSPORT: "transport 0 (unspecified), 1 (stream) or 2 (datagram) in the lower four bits",
  PP2_BAD_FAMILY_TRANSPORT_COMBINATION: "0x00, 0x11, 0x12, 0x21, 0x22, 0x31 or 0x32",
  PP2_HEADER_TOO_LARGE: "a shorter header",
  PP2_SHORT_ADDRESS_BLOCK: "a length of at least 12 for IPv4, 36 for IPv6, 216 for Unix sockets",
  PP2_TLV_TRUNCATED: "a whole TLV (type, two bytes of length, value), or the end of the header",
  PP2_TLV_OVERRUN: "a TLV that ends inside the header",
  PP2_CRC_BAD_LENGTH: "a CRC32C TLV of 4 bytes",
  PP2_CRC_DUPLICATE: "one CRC32C TLV",
  PP2_CRC_MISMATCH: "the CRC32C of the whole header, with the field itself as zeros",
  PP2_CRC_MISSING: "a CRC32C TLV",
  PP2_SSL_TOO_SHORT: "an SSL TLV of 5 bytes at least",
  PP2_SSL_SUBTLV_TRUNCATED: "whole TLVs inside the SSL TLV",
  PP2_SSL_SUBTLV_OVERRUN: "TLVs that end inside the SSL TLV",
  PP2_TRUNCATED: "more bytes",
  PP2_V1_BAD_PROTOCOL: "TCP4, TCP6 or UNKNOWN",
  PP2_V1_BAD_FIELDS: "PROXY, protocol, two addresses and two ports, with one space between them",
  PP2_V1_BAD_ADDRESS: "an address of the protocol's family",
  PP2_V1_BAD_PORT: "a number from 0 to 65535 without leading zeros",
  PP2_V1_TOO_LONG: "CR LF among the first 107 bytes",
};
