/** Time is an argument everywhere; these are the one real clock and the type of all others. */
export { type Clock, systemClock, type Timer } from "@edgekit/health/monitor";
