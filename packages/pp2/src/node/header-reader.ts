import type net from "node:net";
import { type Header, HeaderDecoder } from "../index.ts";
import type { ReceiveSettings } from "./options.ts";
import { type Rejection, type RejectReason, timeoutMessage } from "./rejection.ts";

/** How waiting for a header ended. `rest` is what had come after it; the socket has it back already. */
export type HeaderOutcome =
  | { readonly status: "ok"; readonly header: Header; readonly rest: Uint8Array; readonly bytesReceived: number }
  | { readonly status: "failed"; readonly failure: Omit<Rejection, "peer"> };

/** Ends the waiting early. */
export type CancelReading = (reason: RejectReason, code: string, message: string, cause?: unknown) => void;

// Enough for the usual header and first payload in one go, and an upper bound for what a header's bytes keep alive.
const readBytes = 4096;

/**
 * Reads one header from an accepted socket and puts what follows it back, so that the next reader finds the stream as
 * if the header had never been there. The socket is read in paused mode, and is left with no listener of ours.
 *
 * @param done Called exactly once, never before this function returns.
 */
export function readHeader(
  socket: net.Socket,
  settings: ReceiveSettings,
  done: (outcome: HeaderOutcome) => void,
): CancelReading {
  const { headerTimeoutMs, clock } = settings;
  const decoder = new HeaderDecoder(settings.decode);
  let bytesReceived = 0;
  let finished = false;

  // A server with pauseOnConnect hands out its sockets paused.
  const wasPaused = socket.isPaused();

  const finish = (outcome: HeaderOutcome): void => {
    if (finished) return;
    finished = true;
    stopTimer();
    socket.off("readable", onReadable).off("end", onEnd).off("error", onError).off("close", onClose);
    if (outcome.status === "failed" || !wasPaused) {
      done(outcome);
      return;
    }
    // Taking off 'readable' makes the stream look, a tick later, whether it should flow. Only then can it be paused.
    process.nextTick(() => {
      socket.pause();
      done(outcome);
    });
  };
  const fail: CancelReading = (reason, code, message, cause) =>
    finish({ status: "failed", failure: { reason, code, message, bytesReceived, cause } });
  const failOrEmpty: CancelReading = (reason, code, message, cause) =>
    bytesReceived === 0
      ? fail("empty", "PP2_EMPTY", "closed without a byte", cause)
      : fail(reason, code, message, cause);

  const onReadable = (): void => {
    while (socket.readableLength > 0 && !finished) {
      // Never more than is there: a read past the end of the stream would emit 'end' before the application listens.
      take(socket.read(Math.min(socket.readableLength, readBytes)));
    }
    // 'readable' also means that a FIN has come; this makes the stream tell.
    if (!finished) socket.read(0);
  };
  const take = (chunk: Buffer): void => {
    bytesReceived += chunk.length;
    const result = decoder.push(ownedBytes(chunk));
    if (result.status === "invalid") fail("malformed", result.code, result.message);
    if (result.status !== "ok") return;
    const { rest } = decoder;
    if (rest.length > 0) socket.unshift(rest);
    finish({ status: "ok", header: result.header, rest, bytesReceived: bytesReceived - rest.length });
  };
  const onEnd = (): void => {
    const result = decoder.end();
    failOrEmpty("truncated", "PP2_TRUNCATED", result.status === "invalid" ? result.message : "FIN inside the header");
  };
  const onError = (error: Error): void => failOrEmpty("reset", "PP2_RESET", error.message, error);
  const onClose = (): void => failOrEmpty("reset", "PP2_RESET", "closed inside the header");

  const stopTimer = clock.after(headerTimeoutMs, () =>
    fail("timeout", "PP2_HEADER_TIMEOUT", timeoutMessage(headerTimeoutMs, bytesReceived)),
  );
  socket.on("readable", onReadable).on("end", onEnd).on("error", onError).on("close", onClose);
  return fail;
}

/** A header lives as long as its connection, so it must not keep the 64 KiB alive that a large first read comes in. */
function ownedBytes(chunk: Buffer): Uint8Array {
  return chunk.buffer.byteLength > readBytes ? Uint8Array.from(chunk) : chunk;
}
