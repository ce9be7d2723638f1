import { Duplex } from "node:stream";
import { VirtualClock } from "@edgekit/health/monitor";
import { describe, expect, it } from "vitest";
import { answerOverTcp } from "./tcp-queries.ts";

const replyBytes = 1_000;
const idleMs = 10_000;

/** A connection whose other side reads when the test says so. */
class Connection extends Duplex {
  readonly clock = new VirtualClock();
  asked = 0;
  writtenBytes = 0;
  #written: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: false, writableHighWaterMark: 10 * replyBytes });
    const answer = (query: Buffer): Buffer | undefined => {
      this.asked++;
      return query.equals(unanswered) ? undefined : Buffer.alloc(replyBytes);
    };
    answerOverTcp(this, answer, { maxQueryBytes: 4_096, idleMs }, this.clock);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, written: () => void): void {
    this.writtenBytes += chunk.length;
    this.#written = written;
  }

  async receive(bytes: Buffer): Promise<void> {
    this.push(bytes);
    await turn();
  }

  /** The other side reads all that there is, and all that comes of it. */
  async drain(): Promise<void> {
    for (let written = this.#written; written !== undefined; written = this.#written) {
      this.#written = undefined;
      written();
      await turn();
    }
  }
}

const unanswered = Buffer.from("unanswered");
const framed = (query: Buffer): Buffer => Buffer.concat([Buffer.of(0, query.length), query]);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("queries on a TCP connection", () => {
  it("that come all at once are answered as fast as the client reads, all of them in the end", async () => {
    const connection = new Connection();
    await connection.receive(Buffer.concat(new Array(200).fill(framed(Buffer.from("query")))));
    expect(connection.asked).toBe(10);
    expect(connection.isPaused()).toBe(true);
    await connection.drain();
    expect(connection.asked).toBe(200);
    expect(connection.writtenBytes).toBe(200 * (2 + replyBytes));
    expect(connection.isPaused()).toBe(false);
    connection.destroy();
  });

  it("keep it for another 10 s when they are answered; other bytes do not", async () => {
    const connection = new Connection();
    connection.clock.advance(idleMs - 1);
    await connection.receive(framed(Buffer.from("query")));
    await connection.drain();
    connection.clock.advance(idleMs - 1);
    await connection.receive(Buffer.concat([framed(unanswered), framed(Buffer.from("half")).subarray(0, 4)]));
    expect(connection.asked).toBe(2);
    expect(connection.destroyed).toBe(false);
    connection.clock.advance(1);
    expect(connection.destroyed).toBe(true);
    await turn();
    expect(connection.clock.pending).toBe(0);
  });
});
