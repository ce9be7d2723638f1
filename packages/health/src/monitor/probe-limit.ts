/** Lets a bounded number of probes run at once; the others wait, first come, first served. */
export class ProbeLimit<Owner> {
  readonly #max: number;
  readonly #running = new Set<Owner>();
  readonly #waiting = new Map<Owner, () => void>();

  constructor(max: number) {
    this.#max = max;
  }

  get running(): ReadonlySet<Owner> {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Starts now or when a place is free. */
  enter(owner: Owner, start: () => void): void {
    if (this.#running.size >= this.#max) {
      this.#waiting.set(owner, start);
      return;
    }
    this.#running.add(owner);
    start();
  }

  /** Gives a place back. */
  leave(owner: Owner): void {
    this.#running.delete(owner);
    for (const [next, start] of this.#waiting) {
      if (this.#running.size >= this.#max) return;
      this.#waiting.delete(next);
      this.#running.add(next);
      start();
    }
  }

  /** Gives up waiting for a place. */
  giveUp(owner: Owner): void {
    this.#waiting.delete(owner);
  }
}
