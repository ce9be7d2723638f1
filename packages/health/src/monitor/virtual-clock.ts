import type { Clock, Timer } from "./clock.ts";

interface VirtualTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test moves it. Timers fire in the order of their due times, those of one instant in the
 * order in which they were set, so that every run is the same.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<VirtualTimer>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer: VirtualTimer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return timer;
  }

  clear(timer: Timer): void {
    this.#timers.delete(timer as VirtualTimer);
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass and fires what comes due on the way, each timer at its own time. Promises do not settle meanwhile. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) this.#fire(timer);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Like `advance`, with a turn of the real event loop before, after and between, in which promises settle. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turn();
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#fire(timer);
      await turn();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Lets `ms` pass without firing anything, as a blocked event loop does. What came due fires late, with the next advance. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  #fire(timer: VirtualTimer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.callback();
  }

  #next(untilMs: number): VirtualTimer | undefined {
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (!first || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
