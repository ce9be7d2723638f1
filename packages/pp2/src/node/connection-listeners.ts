import type net from "node:net";

type ConnectionListener = (this: net.Server, socket: net.Socket) => unknown;

/** A listener that stands in for another one, as those that `once` makes do. */
interface StandIn extends ConnectionListener {
  listener: ConnectionListener;
  /** Whether the other one was added with `once`. */
  isOnce: boolean;
}

/**
 * Holds back a server's 'connection' listeners until a connection is ready for them.
 *
 * In the server's list each one is replaced by a stand-in that does nothing and points to it through `listener`, which
 * is what `once` does as well: `off`, `listeners` and `listenerCount` go on working, and no method is patched.
 * Listeners that are added later, by the application or by a library, are held back too.
 */
export class ConnectionListeners {
  readonly #server: net.Server;
  readonly #gate: (socket: net.Socket) => void;
  readonly #standIns = new WeakSet<object>();
  #replacing = false;

  /** `gate` is called for every new connection, before and instead of the listeners. */
  constructor(server: net.Server, gate: (socket: net.Socket) => void) {
    this.#server = server;
    this.#gate = gate;
    this.#replaceAll();
    server.on("newListener", this.#onNewListener);
  }

  /** Calls the listeners as the server would have called them at accept. */
  call(socket: net.Socket): void {
    for (const standIn of this.#server.rawListeners("connection") as StandIn[]) {
      if (!this.#standIns.has(standIn)) continue;
      if (standIn.isOnce) this.#server.off("connection", standIn);
      standIn.listener.call(this.#server, socket);
    }
  }

  /** Gives the server its listeners back. */
  restore(): void {
    this.#server.off("newListener", this.#onNewListener);
    const current = this.#server.rawListeners("connection") as StandIn[];
    this.#server.removeAllListeners("connection");
    for (const listener of current) {
      if (listener === this.#gate) continue;
      if (!this.#standIns.has(listener)) this.#server.on("connection", listener);
      else if (listener.isOnce) this.#server.once("connection", listener.listener);
      else this.#server.on("connection", listener.listener);
    }
  }

  readonly #onNewListener = (event: string | symbol): void => {
    if (event !== "connection" || this.#replacing) return;
    // The event comes before the listener is in the list. No connection is accepted between here and the next tick.
    process.nextTick(() => {
      if (this.#server.listeners("newListener").includes(this.#onNewListener)) this.#replaceAll();
    });
  };

  #replaceAll(): void {
    this.#replacing = true;
    const current = this.#server.rawListeners("connection") as StandIn[];
    this.#server.removeAllListeners("connection");
    this.#server.on("connection", this.#gate);
    for (const raw of current) {
      if (raw !== this.#gate) this.#server.on("connection", this.#standIns.has(raw) ? raw : this.#standInFor(raw));
    }
    this.#replacing = false;
  }

  #standInFor(raw: ConnectionListener & { listener?: ConnectionListener }): StandIn {
    // A function object of its own for each listener, since each carries its own properties.
    const standIn = Object.assign(() => {}, { listener: raw.listener ?? raw, isOnce: raw.listener !== undefined });
    this.#standIns.add(standIn);
    return standIn;
  }
}
