/** Time is an argument everywhere; these are the one real clock and the type of all others. */
export { type Clock, systemClock, type Timer } from "@edgekit/health/monitor";

/** Milliseconds since 1970, for what people read; it may jump. */
export const wallClockMs = (): number => Date.now();
