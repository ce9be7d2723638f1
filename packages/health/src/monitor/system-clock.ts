import { performance } from "node:perf_hooks";
import type { Clock, Timer } from "./clock.ts";

/** setTimeout keeps its delay in 31 bits and turns a longer one into 1 ms. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

class SystemTimer {
  readonly #callback: () => void;
  #leftMs: number;
  #timeout: NodeJS.Timeout | undefined;

  constructor(delayMs: number, callback: () => void) {
    this.#leftMs = delayMs;
    this.#callback = callback;
    this.#wait();
  }

  clear(): void {
    clearTimeout(this.#timeout);
  }

  #wait(): void {
    const delayMs = Math.min(this.#leftMs, LONGEST_DELAY_MS);
    this.#leftMs -= delayMs;
    this.#timeout = setTimeout(() => (this.#leftMs > 0 ? this.#wait() : this.#callback()), delayMs);
  }
}

/** The process's monotonic clock. Its timers keep the process alive until they fire or are cleared. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  setTimer: (delayMs: number, callback: () => void): Timer => new SystemTimer(delayMs, callback),
  clear: (timer: Timer) => {
    if (timer instanceof SystemTimer) timer.clear();
  },
});

/** The process's random source: from 0 up to, but not including, 1. */
export const systemRandom = (): number => Math.random();
