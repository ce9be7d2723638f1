import net from "node:net";
import type { HeaderInit } from "../index.ts";
import { type Clock, systemClock } from "./clock.ts";
import { wholeNumber } from "./options.ts";
import { headerKeys, type SentHeader, sentHeader } from "./sent-header.ts";

/**
 * What every way of sending headers takes: the header, as `encode` takes it. Without `source` it says LOCAL: the
 * connection is the sender's own, for example a health check. Without `destination` it names the address that the
 * connection goes to.
 */
export interface SendOptions extends HeaderInit, DialOptions {}

/** What connecting takes, besides where to. */
export interface DialOptions {
  /** How long connecting may take, in ms; 1 to 2147483647, default 10000. */
  readonly connectTimeoutMs?: number;
  /** Gives up connecting. Once there is a connection it has no effect any more. */
  readonly signal?: AbortSignal;
  /** Where deadlines come from, for tests. Default: the process's timers. */
  readonly clock?: Clock;
}

/** Where to, as `net.connect` takes it. */
export type DialTarget = Omit<net.TcpNetConnectOpts, "timeout"> | Omit<net.IpcNetConnectOpts, "timeout">;

/**
 * What {@link connectWithHeader} takes: {@link SendOptions}, and what `net.connect` takes but for `family`, which is
 * the header's here, and `timeout`.
 */
export type ConnectWithHeaderOptions = SendOptions &
  (Omit<net.TcpNetConnectOpts, "family" | "timeout"> | Omit<net.IpcNetConnectOpts, "timeout">) & {
    /** Sent right behind the header, in the same segment as far as it fits. */
    readonly firstPayload?: Uint8Array | string;
  };

const defaultConnectTimeoutMs = 10_000;

/**
 * Connects, and sends a PROXY header before anything else.
 *
 * The header shares a segment with `firstPayload`, or with what is written to the socket as soon as the promise is
 * fulfilled. If nothing is written then, it goes by itself, for the sake of protocols in which the server speaks first.
 *
 * A connection belongs to one source and one destination: do not send another client's requests through it.
 *
 * @throws As a rejection, with the socket destroyed: the socket's error, the signal's reason, an Error with code
 *   `ETIMEDOUT`; before a connection is made, a Pp2Error when no header can be made of the options.
 */
export async function connectWithHeader(options: ConnectWithHeaderOptions): Promise<net.Socket> {
  const header = sentHeader(options);
  const socketOptions: Record<string, unknown> = { ...options };
  for (const key of [...headerKeys, "connectTimeoutMs", "signal", "clock", "firstPayload"]) delete socketOptions[key];
  return dial(socketOptions as unknown as DialTarget, header, options, options.firstPayload);
}

/** As {@link connectWithHeader}, for a header that was made before. */
export async function dial(
  target: DialTarget,
  header: SentHeader,
  options: DialOptions,
  firstPayload?: Uint8Array | string,
): Promise<net.Socket> {
  const { signal, clock = systemClock } = options;
  const timeoutMs = wholeNumber(
    "connectTimeoutMs",
    options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    1,
    2 ** 31 - 1,
  );
  signal?.throwIfAborted();
  const socket = net.connect({ noDelay: true, ...target } as net.NetConnectOpts);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect).off("error", onFailure).off("close", onClose);
    };
    const onFailure = (error: unknown): void => {
      settle();
      socket.on("error", () => {}).destroy();
      reject(error);
    };
    const onClose = (): void => onFailure(new Error("the socket was closed before it was connected"));
    const onAbort = (): void => onFailure(signal?.reason);
    const onConnect = (): void => {
      try {
        send(socket, header(socket), firstPayload);
        settle();
        resolve(socket);
      } catch (error) {
        onFailure(error);
      }
    };
    const stopTimer = clock.after(timeoutMs, () =>
      onFailure(Object.assign(new Error(`not connected within ${timeoutMs} ms`), { code: "ETIMEDOUT" })),
    );
    signal?.addEventListener("abort", onAbort);
    socket.on("connect", onConnect).on("error", onFailure).on("close", onClose);
  });
}

function send(socket: net.Socket, header: Uint8Array, firstPayload: Uint8Array | string | undefined): void {
  socket.cork();
  socket.write(header);
  if (firstPayload !== undefined) socket.write(firstPayload);
  // Whoever waits for the promise runs before this, and may still write into the same segment. It is no later than the next
  // tick, in which an HTTP/2 session begins to write past the socket to its handle.
  queueMicrotask(() => process.nextTick(() => socket.uncork()));
}
