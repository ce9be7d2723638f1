import { Flow, type FlowHome } from "./flow.ts";
import type { Refusal, RefusalReason } from "./flow-observer.ts";
import type { FlowSocket } from "./flow-socket.ts";
import { allFlows, type Quotas, type Shortage } from "./quota.ts";
import type { Entry } from "./routes.ts";
import { unmapped } from "./unmapped.ts";

/** What becomes of a connection that came in: a flow with its client's address, or a client to turn away. */
export type Admission = Flow | RefusedClient;

/**
 * Decides whether a client may come in.
 * @param room how many more flows this process can carry
 */
export function admit(
  client: FlowSocket,
  home: FlowHome,
  id: number,
  entry: Entry,
  room: number,
  { flows, sources }: Quotas,
): Admission {
  if (room <= 0) return new RefusedClient(id, entry, "limit", client);
  if (flows?.isFull(allFlows)) return new RefusedClient(id, entry, "limit", client, { quota: flows, key: allFlows });
  // Read first and once: a client that has reset the connection already has no address (nodejs/node#23858).
  const name = client.peerName();
  if (name === undefined) return new RefusedClient(id, entry, "dead_on_arrival", client);
  const address = unmapped(name.address);
  if (sources?.isFull(address)) {
    return new RefusedClient(id, entry, "source_limit", client, { quota: sources, key: address });
  }
  return new Flow(home, id, entry, client, address, name.port);
}

/** A client that gets no flow. */
export class RefusedClient implements Refusal {
  readonly id: number;
  readonly entry: Entry;
  readonly reason: RefusalReason;
  /** What there was none left of. Set where another process may still have some, so that the client may get in after all. */
  readonly shortage: Shortage | undefined;
  readonly #client: FlowSocket;

  constructor(id: number, entry: Entry, reason: RefusalReason, client: FlowSocket, shortage?: Shortage) {
    this.id = id;
    this.entry = entry;
    this.reason = reason;
    this.shortage = shortage;
    this.#client = client;
  }

  get clientAddress(): string | undefined {
    const name = this.#client.peerName();
    return name && unmapped(name.address);
  }

  get clientPort(): number | undefined {
    return this.#client.peerName()?.port;
  }

  /** Resets the connection, as an NLB does: a plain close would look like an empty answer. */
  turnAway(): void {
    // A client that was dead on arrival has reset the connection itself.
    if (this.reason === "dead_on_arrival") this.#client.destroy();
    else this.#client.resetAndDestroy();
  }
}
