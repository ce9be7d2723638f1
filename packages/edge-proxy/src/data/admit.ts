import type { Adopt } from "./accept.ts";
import { Flow, type FlowHome } from "./flow.ts";
import type { RefusalReason } from "./flow-observer.ts";
import type { FlowSocket, SocketOwner } from "./flow-socket.ts";
import type { Entry } from "./routes.ts";
import { unmapped } from "./unmapped.ts";

/** A connection that came in: a flow with its client's address, or the reason for turning it away. */
export type Admission = { readonly flow: Flow } | { readonly refused: RefusalReason };

/**
 * Decides whether a client may come in.
 * @param room how many more flows there may be
 */
export function admit(adopt: Adopt, home: FlowHome, id: number, entry: Entry, room: number): Admission {
  if (room <= 0) {
    // As an NLB does: a reset, where closing would look like an answer without a byte.
    turnAway(adopt);
    return { refused: "limit" };
  }
  const flow = new Flow(home, id, entry);
  const client = adopt(flow.up, flow);
  flow.client = client;
  flow.up.from(client);
  // Read first and once: a client that has reset the connection already has no address (nodejs/node#23858).
  const { remoteAddress, remotePort } = client;
  if (remoteAddress === undefined || remotePort === undefined) {
    client.owner = nobody;
    client.destroy();
    return { refused: "dead_on_arrival" };
  }
  client.setNoDelay(true);
  flow.clientAddress = unmapped(remoteAddress);
  flow.clientPort = remotePort;
  return { flow };
}

/** Resets a connection that gets no flow. */
export function turnAway(adopt: Adopt): void {
  reject(adopt({ onRead: () => false, nextBuffer: () => nothing }, nobody));
}

/** Resets a client that has been admitted and cannot be served. */
export function reject(client: FlowSocket): void {
  client.owner = nobody;
  client.resetAndDestroy();
}

const nothing = new Uint8Array(1);

const nobody: SocketOwner = {
  socketConnected() {},
  socketEnded() {},
  socketDrained() {},
  socketFailed() {},
  socketClosed() {},
};
