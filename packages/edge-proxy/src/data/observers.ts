import type { FlowObserver } from "./flow-observer.ts";

/** Tells observers about flows; one that throws harms neither flows nor other observers. */
export class Observers {
  readonly #observers: readonly FlowObserver[];
  #errors = 0;

  constructor(observers: readonly FlowObserver[]) {
    this.#observers = observers;
  }

  /** How often one has thrown. */
  get errors(): number {
    return this.#errors;
  }

  tell(event: (observer: FlowObserver) => void): void {
    for (const observer of this.#observers) {
      try {
        event(observer);
      } catch {
        this.#errors++;
      }
    }
  }
}
