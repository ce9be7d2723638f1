import type { DecodeSettings } from "./decode-options.ts";
import type { Pp2ErrorCode } from "./errors.ts";

/** What a decode came to; numbers, so that a hot path compares nothing but them. */
export const STATUS_OK = 0;
export const STATUS_INCOMPLETE = 1;
export const STATUS_INVALID = 2;
export type Status = typeof STATUS_OK | typeof STATUS_INCOMPLETE | typeof STATUS_INVALID;

/** What a parser writes down about the bytes that it reads; `HeaderView` says what each field means. */
export interface Findings {
  status: Status;
  bytesRead: number;
  bytesNeeded: number;
  errorCode: Pp2ErrorCode | undefined;
  errorOffset: number;
  version: 1 | 2;
  isLocal: boolean;
  familyByte: number;
  bytes: Uint8Array;
  /** What a version 1 line says, as version 2 lays out addresses and ports. */
  readonly lineAddresses: Uint8Array;
  tlvsStart: number;
  tlvsEnd: number;
}

/** More bytes are wanted, unless none will come. */
export function incomplete(view: Findings, settings: DecodeSettings, needed: number, available: number): Status {
  if (settings.end) return invalid(view, "PP2_TRUNCATED", available);
  return conclude(view, STATUS_INCOMPLETE, 0, needed, undefined);
}

export function invalid(view: Findings, code: Pp2ErrorCode, offset: number): Status {
  view.errorOffset = offset;
  return conclude(view, STATUS_INVALID, 0, 0, code);
}

/** What a decode came to, in the fields that always mean something. */
export function conclude(
  view: Findings,
  status: Status,
  bytesRead: number,
  bytesNeeded: number,
  errorCode: Pp2ErrorCode | undefined,
): Status {
  view.status = status;
  view.bytesRead = bytesRead;
  view.bytesNeeded = bytesNeeded;
  view.errorCode = errorCode;
  return status;
}
