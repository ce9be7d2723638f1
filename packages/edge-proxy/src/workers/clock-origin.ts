import { systemClock } from "../clock.ts";

/** When this process's clock began, in milliseconds of the machine's monotonic clock, which all processes share. */
export function clockOriginMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - systemClock.now();
}
