import type { Clock, Timer } from "./clock.ts";

/**
 * Measures how late this process's own event loop runs, while somebody needs to know. A timer beats at a known rate; what
 * it comes late is time in which nobody could have heard a target's answer.
 */
export class LoopWatch {
  readonly #clock: Clock;
  #watchers = 0;
  #beatMs = 0;
  #dueMs = 0;
  #lateMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches until `end`; `timeoutMs` says how fine the measure must be. Returns the lateness so far, to compare with. */
  begin(timeoutMs: number): number {
    const beatMs = Math.min(250, Math.max(10, timeoutMs / 10));
    const lateMs = this.lateMs();
    this.#watchers += 1;
    if (this.#timer === undefined || beatMs < this.#beatMs) {
      this.#lateMs = lateMs;
      this.#beatMs = beatMs;
      this.#beat();
    }
    return lateMs;
  }

  end(): void {
    this.#watchers -= 1;
    if (this.#watchers > 0 || this.#timer === undefined) return;
    this.#lateMs = this.lateMs();
    this.#clock.clear(this.#timer);
    this.#timer = undefined;
  }

  /** All lateness measured up to now, in ms, a beat that is overdue included. */
  lateMs(): number {
    if (this.#timer === undefined) return this.#lateMs;
    const overdueMs = this.#clock.now() - this.#dueMs;
    // Every timer is a little late; a quarter of a beat is not worth counting.
    return overdueMs > this.#beatMs / 4 ? this.#lateMs + overdueMs : this.#lateMs;
  }

  #beat(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#dueMs = this.#clock.now() + this.#beatMs;
    this.#timer = this.#clock.setTimer(this.#beatMs, () => {
      this.#lateMs = this.lateMs();
      this.#beat();
    });
  }
}
