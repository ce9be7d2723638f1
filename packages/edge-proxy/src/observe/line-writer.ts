import { systemClock } from "../clock.ts";

/** Where lines go. `done` comes once, when the chunk is out of our hands or could not be written. */
export interface LineDestination {
  write(chunk: string, done: (error?: Error | null) => void): void;
  close(): void;
}

/** As much as may wait for a reader. */
const maxWaitingBytes: number = 1024 * 1024;
/** How long the last lines may take at the end. */
const closeMs = 500;

/**
 * Writes lines without ever waiting for whoever reads them. One chunk is on its way at a time; meanwhile new lines wait, up to
 * 1 MiB, and what comes then is dropped and counted. So a reader that stops costs lines, never memory and never traffic.
 */
export class LineWriter {
  #dropped = 0;
  readonly #destination: LineDestination;
  readonly #gap: ((lines: number) => string) | undefined;
  /** How many dropped lines the destination has been told of. */
  #told = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #isWriting = false;
  #onIdle: (() => void) | undefined;

  /** @param gap makes the line that stands where so many lines were dropped; undefined: nothing stands there */
  constructor(destination: LineDestination, gap?: (lines: number) => string) {
    this.#destination = destination;
    this.#gap = gap;
  }

  /** Lines that nobody will read. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param line with its line feed */
  write(line: string): void {
    // Characters are bytes here: what we log is ASCII but for names that a user chose.
    if (this.#waitingBytes + line.length > maxWaitingBytes) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (!this.#isWriting) {
      this.#isWriting = true;
      // The lines of one turn of the event loop go out together.
      setImmediate(this.#flush);
    }
  }

  /** Waits for the last lines, but not long for a reader that does not take them. */
  async close(): Promise<void> {
    if (this.#isWriting) {
      await new Promise<void>((resolve) => {
        const timer = systemClock.setTimer(closeMs, resolve);
        this.#onIdle = () => {
          systemClock.clear(timer);
          resolve();
        };
      });
    }
    this.#destination.close();
  }

  readonly #flush = (): void => {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    // Lines are dropped after those that wait.
    const gap = this.#dropped > this.#told ? (this.#gap?.(this.#dropped - this.#told) ?? "") : "";
    this.#told = this.#dropped;
    this.#destination.write(lines.join("") + gap, (error) => {
      if (error) this.#dropped += lines.length;
      this.#isWriting = this.#waiting.length > 0;
      if (this.#isWriting) setImmediate(this.#flush);
      else this.#onIdle?.();
    });
  };
}
