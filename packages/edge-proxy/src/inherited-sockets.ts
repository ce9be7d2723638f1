import { closeSync } from "node:fs";

/** Names of listeners, with the descriptors that their sockets have in this process. */
export type SocketDescriptors = ReadonlyMap<string, readonly number[]>;

const variable = "EDGE_PROXY_INHERITED_SOCKETS";

/**
 * Listening sockets that the process before this one has handed down. Both accept until the other one closes its own, so that no
 * client ever finds nobody listening.
 */
export class InheritedSockets {
  readonly #descriptors: Map<string, readonly number[]>;

  constructor(descriptors: SocketDescriptors = new Map()) {
    this.#descriptors = new Map(descriptors);
  }

  /** What this process was started with; to be asked once. */
  static ofThisProcess(): InheritedSockets | undefined {
    const text = process.env[variable];
    if (text === undefined) return undefined;
    delete process.env[variable];
    return new InheritedSockets(new Map(Object.entries(JSON.parse(text) as Record<string, number[]>)));
  }

  /** The descriptors of a listener, once. */
  take(name: string): readonly number[] {
    const descriptors = this.#descriptors.get(name) ?? [];
    this.#descriptors.delete(name);
    return descriptors;
  }

  /** Closes what nobody has asked for: clients would wait for ever in its queue. */
  closeRest(): void {
    for (const descriptor of [...this.#descriptors.values()].flat()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}

/** The environment of a process that is to inherit sockets. @param descriptors as the new process will see them */
export function environmentWith(descriptors: SocketDescriptors): NodeJS.ProcessEnv {
  return { ...process.env, [variable]: JSON.stringify(Object.fromEntries(descriptors)) };
}

/** The descriptor of a listening server or an open socket; Node has no public name for it. */
export function descriptorOf(opened: object): number | undefined {
  const { fd } = (opened as { readonly _handle?: { readonly fd?: number } | null })._handle ?? {};
  return fd === undefined || fd < 0 ? undefined : fd;
}
