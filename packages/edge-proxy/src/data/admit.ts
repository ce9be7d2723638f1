import type { Adopt } from "./accept.ts";
import { Flow, type FlowHome } from "./flow.ts";
import type { Refusal, RefusalReason } from "./flow-observer.ts";
import type { ByteReader, FlowSocket, SocketOwner } from "./flow-socket.ts";
import type { FlowsPerSource } from "./flows-per-source.ts";
import type { Entry } from "./routes.ts";
import { unmapped } from "./unmapped.ts";

/** A connection that came in: a flow with its client's address, or a client to be turned away. */
export type Admission = { readonly flow: Flow } | { readonly refused: RefusedClient };

/**
 * Decides whether a client may come in.
 * @param room how many more flows there may be
 * @param sources set where each client address may have so many flows only
 */
export function admit(
  adopt: Adopt,
  home: FlowHome,
  id: number,
  entry: Entry,
  room: number,
  sources?: FlowsPerSource,
): Admission {
  if (room <= 0) return { refused: new RefusedClient(id, entry, "limit", adopt(notReading, nobody)) };
  const flow = new Flow(home, id, entry);
  const client = adopt(flow.up, flow);
  flow.client = client;
  flow.up.from(client);
  // Read first and once: a client that has reset the connection already has no address (nodejs/node#23858).
  const { remoteAddress, remotePort } = client;
  if (remoteAddress === undefined || remotePort === undefined) {
    return { refused: new RefusedClient(id, entry, "dead_on_arrival", client) };
  }
  const address = unmapped(remoteAddress);
  if (sources?.isFull(address)) return { refused: new RefusedClient(id, entry, "source_limit", client) };
  client.setNoDelay(true);
  flow.clientAddress = address;
  flow.clientPort = remotePort;
  return { flow };
}

/** A client that gets no flow. */
export class RefusedClient implements Refusal {
  readonly id: number;
  readonly entry: Entry;
  readonly reason: RefusalReason;
  readonly #client: FlowSocket;

  constructor(id: number, entry: Entry, reason: RefusalReason, client: FlowSocket) {
    this.id = id;
    this.entry = entry;
    this.reason = reason;
    this.#client = client;
  }

  get clientAddress(): string | undefined {
    const { remoteAddress } = this.#client;
    return remoteAddress === undefined ? undefined : unmapped(remoteAddress);
  }

  get clientPort(): number | undefined {
    return this.#client.remotePort;
  }

  /** As an NLB does: a reset, where closing would look like an answer without a byte. */
  turnAway(): void {
    this.#client.owner = nobody;
    // Whoever is dead on arrival has reset the connection already.
    if (this.reason === "dead_on_arrival") this.#client.destroy();
    else this.#client.resetAndDestroy();
  }
}

/** Resets a connection that nobody listens for any more. */
export function turnAway(adopt: Adopt): void {
  adopt(notReading, nobody).resetAndDestroy();
}

const nothing = new Uint8Array(1);
const notReading: ByteReader = { onRead: () => false, nextBuffer: () => nothing };

const nobody: SocketOwner = {
  socketConnected() {},
  socketEnded() {},
  socketDrained() {},
  socketFailed() {},
  socketClosed() {},
};
