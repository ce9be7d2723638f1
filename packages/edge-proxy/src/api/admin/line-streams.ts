import type { ServerResponse } from "node:http";
import type { LineSource } from "./reply.ts";

/** Few enough to leave connections to everybody else. */
const maxStreams = 10;

/** Answers that go on until the client leaves or the server closes. */
export class LineStreams {
  readonly #ends = new Set<() => Promise<void>>();

  /** Why there can be no more of them now. */
  get full(): string | undefined {
    if (this.#ends.size < maxStreams) return undefined;
    return `${maxStreams} clients follow the flow log already, and no more can`;
  }

  /** Writes lines to a response whose head has been written. */
  begin(response: ServerResponse, source: LineSource): void {
    if (response.destroyed) return;
    // The client should know now that it is followed, not with the first line.
    response.flushHeaders();
    const end = source({
      write: (chunk, done) => response.write(chunk, done),
      close: () => response.end(),
    });
    this.#ends.add(end);
    response.once("close", () => {
      if (this.#ends.delete(end)) void end();
    });
  }

  /** Ends all of them, with their last lines. */
  async close(): Promise<void> {
    const ends = [...this.#ends];
    this.#ends.clear();
    await Promise.all(ends.map((end) => end()));
  }
}
