import type { ReadySockets } from "../data/listener.ts";
import type { NodeTcp, TcpHandle } from "../data/node-tcp.ts";
import { entryOwner, type Routes } from "../data/routes.ts";
import type { SocketDescriptors } from "../inherited-sockets.ts";
import { bindShared, inheritedSockets, type SharedSockets, socketName } from "./shared-sockets.ts";

export interface ListeningSocketsOptions {
  readonly tcp: NodeTcp;
  readonly workers: number;
  /** Sockets that listen already. */
  readonly inherited: ReadySockets | undefined;
}

/** Of the primary process: the sockets of all entries, see `SharedSockets`. */
export class ListeningSockets {
  readonly #options: ListeningSocketsOptions;
  readonly #byKey = new Map<string, SharedSockets>();

  constructor(options: ListeningSocketsOptions) {
    this.#options = options;
  }

  /** The keys of the entries that have sockets. */
  get keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }

  get descriptors(): SocketDescriptors {
    return new Map(
      [...this.#byKey].flatMap(([key, { handles }]) =>
        handles.map(({ fd }, index) => [socketName(key, index), fd] as const),
      ),
    );
  }

  at(key: string): { readonly address: string; readonly port: number } | undefined {
    return this.#byKey.get(key);
  }

  /** What a worker is to listen with. @param index its slot */
  handle(key: string, index: number): TcpHandle | undefined {
    const { handles = [] } = this.#byKey.get(key) ?? {};
    return handles[index % handles.length];
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
        const sockets =
          (inherited && inheritedSockets(tcp, inherited, key)) ??
          bindShared(tcp, { address, port, workers, what: entryOwner(entry) });
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
