import { readUint16 } from "./big-endian.ts";
import { ADDRESS_LENGTHS, FAMILIES, TRANSPORTS } from "./constants.ts";
import type { DecodeSettings } from "./decode-options.ts";
import type { Pp2ErrorCode } from "./errors.ts";
import type { Command, Family, Transport } from "./header.ts";

/** What a parse came to; numbers, so that a hot path compares nothing but them. */
export const STATUS_OK = 0;
export const STATUS_INCOMPLETE = 1;
export const STATUS_INVALID = 2;
export type Status = typeof STATUS_OK | typeof STATUS_INCOMPLETE | typeof STATUS_INVALID;

const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Where everything is in a header. The parsers write it, everybody else reads it. What a parser has to look at anyway
 * is a field; the rest is worked out when it is asked for. `bytesRead`, `bytesNeeded` and `errorOffset` count from the
 * start of the header; what ends in `Start`, `End` or `Offset` otherwise is an index into the buffer named beside it.
 */
export class HeaderFields {
  status: Status = STATUS_INCOMPLETE;
  /** Length of the header; 0 unless the status is STATUS_OK. */
  bytesRead = 0;
  /** Total bytes wanted, at least; 0 unless the status is STATUS_INCOMPLETE. */
  bytesNeeded = 0;
  /** undefined unless the status is STATUS_INVALID. */
  errorCode: Pp2ErrorCode | undefined = undefined;
  errorOffset = 0;

  // The rest means something only while the status is STATUS_OK.
  version: 1 | 2 = 2;
  isLocal = false;
  /** Family and transport as version 2 writes them; 0 for LOCAL, whatever was sent, and for UNKNOWN. */
  familyByte = 0;
  /** The decoded buffer. */
  bytes: Uint8Array = noBytes;
  /** Addresses and ports, as version 2 lays them out: the decoded buffer, or what a version 1 line says. */
  addressBytes: Uint8Array = noBytes;
  /** Index of the source address in `addressBytes`. */
  sourceOffset = 0;
  /** The TLVs are `bytes[tlvsStart, tlvsEnd)`. */
  tlvsStart = 0;
  tlvsEnd = 0;

  get command(): Command {
    return this.isLocal ? "LOCAL" : "PROXY";
  }

  get family(): Family {
    return FAMILIES[this.familyByte >> 4] as Family;
  }

  get transport(): Transport {
    return TRANSPORTS[this.familyByte & 0x0f] as Transport;
  }

  /** Bytes of each address: 4, 16 or 108; 0 when there are none. */
  get addressLength(): number {
    return ADDRESS_LENGTHS[this.familyByte >> 4] as number;
  }

  /** Index of the destination address in `addressBytes`. */
  get destinationOffset(): number {
    return this.sourceOffset + this.addressLength;
  }

  /** 0 when there is none. */
  get sourcePort(): number {
    return this.#port(0);
  }

  /** 0 when there is none. */
  get destinationPort(): number {
    return this.#port(2);
  }

  #port(offset: number): number {
    const length = this.addressLength;
    const hasPorts = length === 4 || length === 16;
    return hasPorts ? readUint16(this.addressBytes, this.sourceOffset + 2 * length + offset) : 0;
  }

  /** Lets go of the decoded buffer, which may be a large chunk of a socket's. */
  release(): void {
    this.bytes = noBytes;
    this.addressBytes = noBytes;
    this.familyByte = 0;
    this.tlvsStart = 0;
    this.tlvsEnd = 0;
  }
}

/** More bytes are wanted, unless none will come. */
export function incomplete(
  fields: HeaderFields,
  settings: DecodeSettings,
  bytesNeeded: number,
  available: number,
): Status {
  if (settings.end) return invalid(fields, "PP2_TRUNCATED", available);
  fields.bytesNeeded = bytesNeeded;
  fields.status = STATUS_INCOMPLETE;
  return STATUS_INCOMPLETE;
}

export function invalid(fields: HeaderFields, code: Pp2ErrorCode, offset: number): Status {
  fields.errorCode = code;
  fields.errorOffset = offset;
  fields.status = STATUS_INVALID;
  return STATUS_INVALID;
}
