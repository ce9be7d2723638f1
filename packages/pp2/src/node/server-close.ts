import type net from "node:net";

/** The methods by which a server's owner ends it; `closeAllConnections` is there on HTTP servers only. */
interface Closable {
  close: net.Server["close"];
  closeAllConnections?: () => void;
}

/**
 * Calls `endPending` when the server is closed. Without it `close()` would never call back while a connection waits
 * for its header: net counts the connection, but HTTP, which ends idle ones, has not seen it yet. There is no event
 * for the beginning of a close, so the methods are wrapped.
 *
 * @returns Unwraps them, as far as nobody else has wrapped them again.
 */
export function endPendingOnClose(server: net.Server, endPending: () => void): () => void {
  const closable = server as Closable;
  const { close, closeAllConnections } = closable;
  const wrappedClose = function (this: net.Server, ...args: Parameters<net.Server["close"]>): net.Server {
    const result = close.apply(this, args);
    endPending();
    return result;
  };
  const wrappedCloseAll = function (this: net.Server): void {
    closeAllConnections?.call(this);
    endPending();
  };
  closable.close = wrappedClose;
  if (closeAllConnections) closable.closeAllConnections = wrappedCloseAll;
  return () => {
    if (closable.close === wrappedClose) closable.close = close;
    if (closeAllConnections && closable.closeAllConnections === wrappedCloseAll) {
      closable.closeAllConnections = closeAllConnections;
    }
  };
}
