import { type BoundSockets, bindSockets, socketsPerProcess } from "../data/bound-sockets.ts";
import type { ReadySocket, ReadySockets } from "../data/listener.ts";
import type { NodeTcp, TcpHandle } from "../data/node-tcp.ts";
import { entryOwner, type Routes } from "../data/routes.ts";
import type { SocketDescriptors } from "../inherited-sockets.ts";

export interface ListeningSocketsOptions {
  readonly tcp: NodeTcp;
  readonly workers: number;
  /** Sockets that listen already. */
  readonly inherited: ReadySockets | undefined;
}

/**
 * Of the primary process: the sockets of all entries. Each worker has some of its own where Node can have several for one
 * address; otherwise all listen on the same one, and the first to wake up has the client. They are not listened on here and
 * stay open, so that a worker that ends takes no waiting client with it.
 */
export class ListeningSockets {
  readonly #options: ListeningSocketsOptions;
  readonly #byKey = new Map<string, BoundSockets>();

  constructor(options: ListeningSocketsOptions) {
    this.#options = options;
  }

  /** The keys of the entries that have sockets. */
  get keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }

  /** Where they are, by the keys of their entries. */
  get opened(): ReadonlyMap<string, { readonly address: string; readonly port: number }> {
    return this.#byKey;
  }

  get descriptors(): SocketDescriptors {
    return new Map([...this.#byKey].map(([key, { handles }]) => [key, handles.map(({ fd }) => fd)]));
  }

  at(key: string): { readonly address: string; readonly port: number } | undefined {
    return this.#byKey.get(key);
  }

  /** What a worker is to listen with: no socket is left without a worker, and no worker without a socket. @param index its slot */
  handles(key: string, index: number): readonly TcpHandle[] {
    const { handles = [] } = this.#byKey.get(key) ?? {};
    const { workers } = this.#options;
    const own = handles.filter((_, i) => i % workers === index);
    const shared = index % handles.length;
    return own.length > 0 ? own : handles.slice(shared, shared + 1);
  }

  /**
   * Opens those of entries that have none yet.
   * @returns the keys of these entries
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`; none has been opened then
   */
  open({ entries }: Routes): readonly string[] {
    const { tcp, inherited, workers } = this.#options;
    const opened: string[] = [];
    try {
      for (const [key, entry] of entries) {
        if (this.#byKey.has(key)) continue;
        const { address, port } = entry;
        const count = socketsPerProcess(entries.size) * workers;
        const sockets =
          inheritedSockets(tcp, inherited?.take(key) ?? []) ??
          bindSockets(tcp, { address, port, count, what: entryOwner(entry) });
        this.#byKey.set(key, sockets);
        opened.push(key);
      }
    } catch (error) {
      this.close(opened);
      throw error;
    }
    return opened;
  }

  close(keys: readonly string[]): void {
    for (const key of keys) {
      for (const handle of this.#byKey.get(key)?.handles ?? []) handle.close();
      this.#byKey.delete(key);
    }
  }
}

/** Sockets that the process before this one has handed down; undefined if there are none. */
function inheritedSockets({ TCP, constants }: NodeTcp, sockets: readonly ReadySocket[]): BoundSockets | undefined {
  const handles = sockets.map((socket) => {
    if (typeof socket !== "number") return socket;
    const handle = new TCP(constants.SERVER);
    handle.open(socket);
    return handle;
  });
  const name = { address: "", port: 0 };
  if (handles[0]?.getsockname(name) !== 0) return undefined;
  return { address: name.address, port: name.port, handles };
}
