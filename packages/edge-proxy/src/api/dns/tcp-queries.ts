import type { Duplex } from "node:stream";
import type { Clock, Timer } from "../../clock.ts";

export interface TcpLimits {
  /** A longer query ends the connection: a question has a few hundred bytes at most. */
  readonly maxQueryBytes: number;
  /** How long a connection may go without a query that is answered. */
  readonly idleMs: number;
}

const lengthBytes = 2;

/** Answers the queries of one connection, each behind its length. Source: RFC 7766. */
export function answerOverTcp(
  socket: Duplex,
  answer: (query: Buffer) => Buffer | undefined,
  { maxQueryBytes, idleMs }: TcpLimits,
  clock: Clock,
): void {
  let received = Buffer.alloc(0);
  let timer: Timer | undefined;
  const restartTimer = (): void => {
    if (timer !== undefined) clock.clear(timer);
    timer = clock.setTimer(idleMs, () => socket.destroy());
  };
  restartTimer();
  const answerReceived = (): void => {
    while (received.length >= lengthBytes && !socket.writableNeedDrain) {
      const end = lengthBytes + received.readUInt16BE(0);
      if (end > lengthBytes + maxQueryBytes) {
        socket.destroy();
        return;
      }
      if (received.length < end) break;
      const reply = answer(received.subarray(lengthBytes, end));
      received = received.subarray(end);
      if (reply === undefined) continue;
      restartTimer();
      socket.write(behindLength(reply));
    }
    if (!socket.writableNeedDrain) {
      socket.resume();
      return;
    }
    // A client that does not read its answers is not read either, until the timer ends it.
    socket.pause();
    socket.once("drain", answerReceived);
  };
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    answerReceived();
  });
  // A client that goes away in the middle is its own business.
  socket.on("error", () => {});
  socket.once("close", () => {
    if (timer !== undefined) clock.clear(timer);
  });
}

function behindLength(message: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
