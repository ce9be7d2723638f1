/**
 * Why bytes are not a header that the decoder accepts. One code for each distinct cause; codes never change their
 * meaning, new ones may come.
 */
export type Pp2ErrorCode =
  | "PP2_NOT_PROXY_PROTOCOL"
  | "PP2_BAD_SIGNATURE"
  | "PP2_BAD_VERSION"
  | "PP2_BAD_COMMAND"
  | "PP2_BAD_FAMILY"
  | "PP2_BAD_TRANSPORT"
  | "PP2_BAD_FAMILY_TRANSPORT_COMBINATION"
  | "PP2_HEADER_TOO_LARGE"
  | "PP2_SHORT_ADDRESS_BLOCK"
  | "PP2_TLV_TRUNCATED"
  | "PP2_TLV_OVERRUN"
  | "PP2_CRC_BAD_LENGTH"
  | "PP2_CRC_DUPLICATE"
  | "PP2_CRC_MISMATCH"
  | "PP2_CRC_MISSING"
  | "PP2_SSL_TOO_SHORT"
  | "PP2_SSL_SUBTLV_TRUNCATED"
  | "PP2_SSL_SUBTLV_OVERRUN"
  | "PP2_TRUNCATED"
  | "PP2_V1_BAD_PROTOCOL"
  | "PP2_V1_BAD_FIELDS"
  | "PP2_V1_BAD_ADDRESS"
  | "PP2_V1_BAD_PORT"
  | "PP2_V1_TOO_LONG";

/** Why a header cannot be written. */
export type EncodeErrorCode =
  | "PP2_INVALID_VERSION"
  | "PP2_INVALID_COMMAND"
  | "PP2_INVALID_FAMILY"
  | "PP2_INVALID_TRANSPORT"
  | "PP2_INVALID_ADDRESS"
  | "PP2_INVALID_PORT"
  | "PP2_MISSING_ADDRESS"
  | "PP2_UNEXPECTED_ADDRESS"
  | "PP2_INVALID_TLV"
  | "PP2_UNIQUE_ID_TOO_LONG"
  | "PP2_INVALID_VPC_ENDPOINT_ID"
  | "PP2_LENGTH_OVERFLOW"
  | "PP2_INVALID_PADDING"
  | "PP2_TARGET_TOO_SMALL"
  | "PP2_NOT_IN_VERSION_1";

const sentences: Readonly<Record<Pp2ErrorCode, string>> = {
  PP2_NOT_PROXY_PROTOCOL: "these bytes start no PROXY protocol header of an accepted version",
  PP2_BAD_SIGNATURE: "the version 2 signature is broken",
  PP2_BAD_VERSION: "the version is not 2",
  PP2_BAD_COMMAND: "the command is neither LOCAL nor PROXY",
  PP2_BAD_FAMILY: "unknown address family",
  PP2_BAD_TRANSPORT: "unknown transport protocol",
  PP2_BAD_FAMILY_TRANSPORT_COMBINATION: "this address family does not go with this transport protocol",
  PP2_HEADER_TOO_LARGE: "the header is longer than maxHeaderSize",
  PP2_SHORT_ADDRESS_BLOCK: "the length leaves no room for the addresses of this family",
  PP2_TLV_TRUNCATED: "one or two bytes are left over where a TLV should start",
  PP2_TLV_OVERRUN: "a TLV runs past the end of the header",
  PP2_CRC_BAD_LENGTH: "the CRC32C TLV does not hold 4 bytes",
  PP2_CRC_DUPLICATE: "there is more than one CRC32C TLV",
  PP2_CRC_MISMATCH: "the CRC32C does not match the header",
  PP2_CRC_MISSING: "a CRC32C is required and there is none",
  PP2_SSL_TOO_SHORT: "the SSL TLV holds fewer than 5 bytes",
  PP2_SSL_SUBTLV_TRUNCATED: "one or two bytes are left over where a TLV inside the SSL TLV should start",
  PP2_SSL_SUBTLV_OVERRUN: "a TLV inside the SSL TLV runs past its end",
  PP2_TRUNCATED: "the bytes end before the header does",
  PP2_V1_BAD_PROTOCOL: "the protocol of a version 1 line is none of TCP4, TCP6 and UNKNOWN",
  PP2_V1_BAD_FIELDS: "a version 1 line does not have six fields with one space between them",
  PP2_V1_BAD_ADDRESS: "an address of a version 1 line is not one of the announced family",
  PP2_V1_BAD_PORT: "a port of a version 1 line is not a plain number from 0 to 65535",
  PP2_V1_TOO_LONG: "no CRLF in the first 107 bytes of a version 1 line",
};

/** A sentence for people: what `code` means and where. Not stable, unlike the code. */
export function errorMessage(code: Pp2ErrorCode, offset: number): string {
  return `${sentences[code]} (byte ${offset})`;
}

/**
 * The error that this package throws for what a program did wrong, such as an address that is none. What a peer
 * sent wrong is never thrown by the codec; it is a {@link DecodeResult}.
 */
export class Pp2Error<Code extends string = Pp2ErrorCode | EncodeErrorCode> extends Error {
  /** Stable, for programs; the message is for people. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Pp2Error";
    this.code = code;
  }
}
