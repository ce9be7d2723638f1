/** Between the first probes of targets that come together. */
const FIRST_GAP_MS = 10;

/**
 * When to probe. First probes queue up with a small gap, so a few targets get theirs at once and a thousand are spread over
 * the interval; later ones keep the interval, with a little jitter so that several monitors do not fall into step.
 */
export class Pace {
  readonly #random: () => number;
  readonly #jitter: number;
  #cursorMs = Number.NEGATIVE_INFINITY;

  constructor(random: () => number, jitter: number) {
    this.#random = random;
    this.#jitter = jitter;
  }

  /** Wait for the first probe of a target, in ms; below `intervalMs`. */
  first(nowMs: number, intervalMs: number): number {
    const gapMs = Math.min(FIRST_GAP_MS, intervalMs / 10) * (0.5 + this.#random());
    this.#cursorMs = Math.max(this.#cursorMs, nowMs) + gapMs;
    const delayMs = this.#cursorMs - nowMs;
    return delayMs < intervalMs ? delayMs : this.#random() * intervalMs;
  }

  /** From the start of one probe to the start of the next, in ms. */
  next(intervalMs: number): number {
    return intervalMs * (1 + this.#jitter * (2 * this.#random() - 1));
  }

  /** Wait for a probe that a new interval makes overdue, in ms: anywhere in the interval, since many are. */
  overdue(intervalMs: number): number {
    return this.#random() * intervalMs;
  }
}
