/** A timer that has been set; only the clock that made it knows what it is. */
export type Timer = object;

/** Where a monitor gets its time. Only differences of `now()` count, so the origin is free. */
export interface Clock {
  /** Monotonic time in milliseconds. It never goes back, whatever happens to the wall clock. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now: never within this call, and also after a delay of more than 2³¹ ms. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Takes a timer back. One that has fired already is ignored. */
  clear(timer: Timer): void;
}
