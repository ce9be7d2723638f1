/**
 * Why bytes are not a header that the decoder accepts. One code for each distinct cause; codes never change their
 * meaning, new ones may come.
 */
export type Pp2ErrorCode =
  /** These bytes start no header of an accepted version. */
  | "PP2_NOT_PROXY_PROTOCOL"
  /** The version 2 signature is broken. */
  | "PP2_BAD_SIGNATURE"
  /** The version is not 2. */
  | "PP2_BAD_VERSION"
  /** The command is neither LOCAL nor PROXY. */
  | "PP2_BAD_COMMAND"
  /** Unknown address family. */
  | "PP2_BAD_FAMILY"
  /** Unknown transport protocol. */
  | "PP2_BAD_TRANSPORT"
  /** This family does not go with this transport. */
  | "PP2_BAD_FAMILY_TRANSPORT_COMBINATION"
  /** Longer than `maxHeaderSize`. */
  | "PP2_HEADER_TOO_LARGE"
  /** The length leaves no room for the family's addresses. */
  | "PP2_SHORT_ADDRESS_BLOCK"
  /** One or two bytes are left over where a TLV should start. */
  | "PP2_TLV_TRUNCATED"
  /** A TLV runs past the end of the header. */
  | "PP2_TLV_OVERRUN"
  /** The CRC32C TLV does not hold 4 bytes. */
  | "PP2_CRC_BAD_LENGTH"
  /** There is more than one CRC32C TLV. */
  | "PP2_CRC_DUPLICATE"
  /** The CRC32C does not match the header. */
  | "PP2_CRC_MISMATCH"
  /** A CRC32C is required and there is none. */
  | "PP2_CRC_MISSING"
  /** The SSL TLV holds fewer than 5 bytes. */
  | "PP2_SSL_TOO_SHORT"
  /** Left over bytes inside the SSL TLV. */
  | "PP2_SSL_SUBTLV_TRUNCATED"
  /** A TLV inside the SSL TLV runs past its end. */
  | "PP2_SSL_SUBTLV_OVERRUN"
  /** The bytes end before the header does. */
  | "PP2_TRUNCATED"
  /** None of TCP4, TCP6 and UNKNOWN. */
  | "PP2_V1_BAD_PROTOCOL"
  /** Not six fields with one space between them. */
  | "PP2_V1_BAD_FIELDS"
  /** Not an address of the announced family. */
  | "PP2_V1_BAD_ADDRESS"
  /** Not a plain number from 0 to 65535. */
  | "PP2_V1_BAD_PORT"
  /** No CRLF in the first 107 bytes. */
  | "PP2_V1_TOO_LONG";

/**
 * Why a header cannot be written.
 */
export type EncodeErrorCode =
  /** Neither 1 nor 2. */
  | "PP2_INVALID_VERSION"
  /** Neither PROXY nor LOCAL. */
  | "PP2_INVALID_COMMAND"
  /** Unknown, or not one for this. */
  | "PP2_INVALID_FAMILY"
  /** With addresses it is STREAM or DGRAM. */
  | "PP2_INVALID_TRANSPORT"
  /** No address, or not one of the header's family. */
  | "PP2_INVALID_ADDRESS"
  /** Not a whole number from 0 to 65535, or not 0 for UNIX. */
  | "PP2_INVALID_PORT"
  /** Source and destination come together. */
  | "PP2_MISSING_ADDRESS"
  /** LOCAL and UNSPEC have no addresses. */
  | "PP2_UNEXPECTED_ADDRESS"
  /** A type that is no byte, a value that is no Uint8Array, a malformed CRC32C or SSL, a second CRC32C. */
  | "PP2_INVALID_TLV"
  /** More than 128 bytes. */
  | "PP2_UNIQUE_ID_TOO_LONG"
  /** Not letters, digits and hyphens. */
  | "PP2_INVALID_VPC_ENDPOINT_ID"
  /** Longer than the 16-bit lengths can say. */
  | "PP2_LENGTH_OVERFLOW"
  /** The header is longer, or the gap is 1 or 2 bytes. */
  | "PP2_INVALID_PADDING"
  /** The header does not fit there. */
  | "PP2_TARGET_TOO_SMALL"
  /** Version 1 cannot say this. */
  | "PP2_NOT_IN_VERSION_1";

/** For people, not stable: the code as words, and what it is about. */
export function errorMessage(code: string, about: string): string {
  return `${code.slice(4).toLowerCase().replaceAll("_", " ")}: ${about}`;
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

/** Throws, naming the value that cannot be written. */
export function refuse(code: EncodeErrorCode, value?: unknown): never {
  throw new Pp2Error(code, errorMessage(code, typeof value === "string" ? JSON.stringify(value) : `${value}`));
}
