/**
 * Why a value was refused. The codes are stable; the messages are for people and may change.
 *
 * - `HEALTH_INVALID_TIME`: a time that is not a finite number.
 * - `HEALTH_INVALID_SETTING`: a duration, count or option that makes no sense (NaN, negative, zero where one is needed).
 * - `HEALTH_INVALID_THRESHOLD`: a group threshold that is neither `"off"` nor in range.
 * - `HEALTH_INVALID_MATCHER`: a list of HTTP codes that cannot be read.
 * - `HEALTH_INVALID_TARGET`: a target without an id, or with a port that is none.
 * - `HEALTH_CLOSED`: the monitor is closed.
 */
export type HealthErrorCode =
  | "HEALTH_INVALID_TIME"
  | "HEALTH_INVALID_SETTING"
  | "HEALTH_INVALID_THRESHOLD"
  | "HEALTH_INVALID_MATCHER"
  | "HEALTH_INVALID_TARGET"
  | "HEALTH_CLOSED";

/** The one error that this package throws. It is the caller's mistake, never a target's. */
export class HealthError extends Error {
  override readonly name = "HealthError";
  readonly code: HealthErrorCode;

  constructor(code: HealthErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
