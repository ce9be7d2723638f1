import { setImmediate as turn } from "node:timers/promises";

export interface ScheduleOptions {
  readonly perSecond: number;
  readonly seconds: number;
  /** So many fall due at the same moment. Default 1. */
  readonly burst?: number | undefined;
  /** In milliseconds; default `performance.now`. */
  readonly now?: () => number;
  /** Lets others have their turn; default a turn of the event loop. */
  readonly rest?: () => Promise<void>;
}

/**
 * Calls `begin` with the time at which each was to begin, whether or not those before it have ended: an open loop. Who counts
 * from that time, and not from when it really began, leaves nothing out when server or client stall. Turns without waiting
 * rather than sleeps, because a timer is late by up to a millisecond.
 */
export async function keepSchedule(options: ScheduleOptions, begin: (dueMs: number) => void): Promise<void> {
  const { perSecond, seconds, burst = 1, now = () => performance.now(), rest = () => turn() } = options;
  const total = Math.round(perSecond * seconds);
  const startMs = now();
  for (let begun = 0; begun < total; ) {
    const dueMs = startMs + (Math.floor(begun / burst) * burst * 1000) / perSecond;
    if (now() < dueMs) {
      await rest();
    } else {
      begin(dueMs);
      begun++;
    }
  }
}
