/**
 * How this package waits. Tests hand in their own to let deadlines pass without waiting for them.
 */
export interface Clock {
  /** Calls `callback` once, `delayMs` milliseconds from now, unless the returned function is called before. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The process's clock. Its timers never keep the process alive by themselves. */
export const systemClock: Clock = {
  after(delayMs, callback) {
    let turn: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      // After a stall of the event loop, timers run before sockets are read. One more turn lets bytes that
      // arrived in time be read first, so that our own lateness is not held against the peer.
      turn = setImmediate(callback);
    }, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
      if (turn) clearImmediate(turn);
    };
  },
};
