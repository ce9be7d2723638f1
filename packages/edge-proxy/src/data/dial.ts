import type { Flow } from "./flow.ts";
import type { Destination, Sockets } from "./flow-socket.ts";
import type { TransparentSockets } from "./transparent-socket.ts";

/** Starts to connect the flow to its target. The outcome comes as events of the socket. */
export function dial(flow: Flow, sockets: Sockets, transparent: TransparentSockets): void {
  const local = localEnd(flow, transparent);
  if (local === undefined) return;
  const { address, port, family } = flow.route;
  flow.dialing(sockets.connect({ address, port, family, ...local }, flow.down, flow));
}

type LocalEnd = Pick<Destination, "localAddress" | "localPort" | "fd">;

const unbound: LocalEnd = {};

/** The local end of the target's connection; undefined when it cannot be had, which then has ended the flow. */
function localEnd(flow: Flow, transparent: TransparentSockets): LocalEnd | undefined {
  const { chosenSource, sourcePort, entry, clientAddress, clientPort } = flow;
  switch (chosenSource) {
    case "client": {
      const opened = transparent.open(clientAddress, clientPort);
      if ("fd" in opened) return opened;
      flow.dialFailed(opened.errno);
      return undefined;
    }
    case "client-address":
      return { localAddress: clientAddress };
    case "node":
      return { localAddress: entry.nodeAddress, localPort: sourcePort };
    default:
      return sourcePort === 0 ? unbound : { localPort: sourcePort };
  }
}
