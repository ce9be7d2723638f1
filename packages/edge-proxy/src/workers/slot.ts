import type { Clock, Timer } from "../clock.ts";
import type { ProcessNumbers } from "../data/carrier.ts";
import type { WorkerAnswer } from "./message.ts";
import type { WorkerLink } from "./worker-link.ts";

/** How long after its end a worker is replaced. The wait doubles each time that a worker has not lived for `provenMs`. */
const firstRestartMs = 100;
const lastRestartMs = 10_000;
const provenMs = 10_000;

/** The place of one worker, which one process after another may fill. */
export class Slot {
  readonly index: number;
  /** The process that is here, even if it is only starting. */
  process: WorkerLink | undefined = undefined;
  /** The same once it takes orders. */
  link: WorkerLink | undefined = undefined;
  /** How often a process here has been replaced. */
  restarts = 0;
  /** These two as last reported. */
  sourcePortsInUse = 0;
  numbers: ProcessNumbers | undefined = undefined;
  readonly #clock: Clock;
  #startedMs = 0;
  #restartMs = firstRestartMs;
  #timer: Timer | undefined;

  constructor(index: number, clock: Clock) {
    this.index = index;
    this.#clock = clock;
  }

  /** A worker has been started. */
  filled(link: WorkerLink): void {
    this.process = link;
    this.#startedMs = this.#clock.now();
  }

  emptied(): void {
    this.process = undefined;
    this.link = undefined;
    this.sourcePortsInUse = 0;
    this.numbers = undefined;
  }

  reported({ sourcePortsInUse = this.sourcePortsInUse, numbers = this.numbers }: WorkerAnswer): void {
    this.sourcePortsInUse = sourcePortsInUse;
    this.numbers = numbers;
  }

  /** Calls back when it is time to start the next worker. */
  later(restart: () => void): void {
    const lived = this.#clock.now() - this.#startedMs;
    if (lived >= provenMs) this.#restartMs = firstRestartMs;
    this.#timer = this.#clock.setTimer(this.#restartMs, () => {
      this.restarts++;
      restart();
    });
    this.#restartMs = Math.min(this.#restartMs * 2, lastRestartMs);
  }

  /** There will be no other worker. */
  close(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
  }
}
