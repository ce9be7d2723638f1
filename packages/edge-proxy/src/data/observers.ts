import type { FlowObserver } from "./flow-observer.ts";

/** Tells observers about flows. One that throws harms neither the flow nor the other observers. */
export class Observers {
  readonly #observers: readonly FlowObserver[];
  #errors = 0;

  constructor(observers: readonly FlowObserver[]) {
    this.#observers = observers;
  }

  /** How often an observer has thrown. */
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
