import type net from "node:net";
import { admit } from "./admission.ts";
import type { ProxyInfo } from "./info.ts";
import { type ReceiveOptions, receiveSettings } from "./options.ts";
import { ProxyProtocolError } from "./rejection.ts";

/** What {@link acceptProxied} takes. */
export interface AcceptOptions extends ReceiveOptions {
  /** Ends the waiting when it is aborted. */
  readonly signal?: AbortSignal;
}

/** A connection whose header has been read. */
export interface ProxiedConnection extends ProxyInfo {
  /** Its stream begins after the header, its `remoteAddress` is the client's. It is not being read yet. */
  readonly socket: net.Socket;
}

/**
 * Reads the header of one accepted socket. For servers on which {@link proxyProtocol} has been called there is nothing
 * left to do; this is for programs that take their sockets from somewhere else.
 *
 * Call it in the same tick in which the socket was accepted, before anything reads from it.
 *
 * @throws ProxyProtocolError as a rejection, for each reason of {@link RejectReason}, with its stable `code`; the
 *   socket is destroyed then.
 * @throws TypeError or RangeError, as a rejection too, when an option is missing or wrong.
 */
export async function acceptProxied(socket: net.Socket, options: AcceptOptions): Promise<ProxiedConnection> {
  const settings = receiveSettings(options);
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const cancel = admit(socket, settings, false, (verdict) => {
      signal?.removeEventListener("abort", abort);
      if (verdict.kind === "accepted") resolve({ ...verdict.info, socket });
      else if (verdict.kind === "rejected") reject(new ProxyProtocolError(verdict.rejection));
    });
    function abort(): void {
      cancel?.("closed", "PP2_CLOSED", "the signal was aborted", signal?.reason);
    }
    if (signal?.aborted) abort();
    else if (cancel) signal?.addEventListener("abort", abort);
  });
}
