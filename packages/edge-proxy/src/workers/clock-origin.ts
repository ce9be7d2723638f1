import { systemClock } from "../clock.ts";

/** The origin of this process's clock, in milliseconds on the machine's monotonic clock, which all processes share. */
export function clockOriginMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - systemClock.now();
}
