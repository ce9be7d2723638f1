import type { SocketDescriptors } from "../inherited-sockets.ts";
import { notRestored } from "../listen-error.ts";
import { socketsPerProcess } from "./bound-sockets.ts";
import type { FlowSocket, Sockets } from "./flow-socket.ts";
import { inTheWay } from "./in-the-way.ts";
import { type OpenListener, openListener, type ReadySockets } from "./listener.ts";
import { type Entry, entryOwner, type Routes } from "./routes.ts";

/** Makes what receives the connections of an entry. @param key the entry's */
export type ReceiverOf = (key: string) => (client: FlowSocket) => void;

/** The open listeners of a data plane, by the keys of their entries. */
export class Listeners {
  readonly #receiverOf: ReceiverOf;
  readonly #ready: ReadySockets | undefined;
  readonly #open = new Map<string, OpenListener>();
  /** What `replace` has opened them for. */
  #routes: Routes = { entries: new Map() };

  /** @param ready sockets that are bound or listening already, by the keys of their entries */
  constructor(receiverOf: ReceiverOf, ready: ReadySockets | undefined) {
    this.#receiverOf = receiverOf;
    this.#ready = ready;
  }

  at(key: string): OpenListener | undefined {
    return this.#open.get(key);
  }

  get descriptors(): SocketDescriptors {
    return new Map([...this.#open].map(([key, { descriptors }]) => [key, descriptors]));
  }

  /**
   * Opens the listeners of new entries, then closes those whose entries are gone. Of these, one that is in the way of a new one
   * is closed first, and opened again if any of the new ones cannot be.
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
   */
  async replace(routes: Routes, sockets: Sockets): Promise<void> {
    const before = this.#routes;
    this.#close(inTheWay(this.#open, routes));
    try {
      await this.#openNew(routes, sockets);
    } catch (error) {
      await this.#openNew(before, sockets).catch((another) => {
        throw notRestored(error, another);
      });
      throw error;
    }
    this.#routes = routes;
    this.#close([...this.#open.keys()].filter((key) => !routes.entries.has(key)));
  }

  close(): void {
    this.#close([...this.#open.keys()]);
  }

  /** All of them or none. */
  async #openNew({ entries }: Routes, sockets: Sockets): Promise<void> {
    const opened: string[] = [];
    try {
      for (const [key, entry] of entries) {
        if (this.#open.has(key)) continue;
        this.#open.set(key, await this.#openOne(entry, socketsPerProcess(entries.size), sockets));
        opened.push(key);
      }
    } catch (error) {
      this.#close(opened);
      throw error;
    }
  }

  #openOne(entry: Entry, count: number, sockets: Sockets): Promise<OpenListener> {
    const { key, address, port } = entry;
    return openListener(
      { address, port, count, what: entryOwner(entry) },
      sockets,
      this.#receiverOf(key),
      this.#ready?.take(key),
    );
  }

  #close(keys: readonly string[]): void {
    for (const key of keys) {
      this.#open.get(key)?.close();
      this.#open.delete(key);
    }
  }
}
