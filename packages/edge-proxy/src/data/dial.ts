import type { Flow } from "./flow.ts";
import { type FlowSocket, newSocket, socketOn } from "./flow-socket.ts";
import type { TransparentSockets } from "./transparent-socket.ts";

/** Opens the flow's connection to its target. The answer comes as the socket's events. */
export function dial(flow: Flow, transparent: TransparentSockets): void {
  const target = flow.chosenSource === "client" ? fromClient(flow, transparent) : newSocket(flow.down, flow);
  if (target === undefined) return;
  flow.dialing(target);
  flow.down.from(target);
  target.setNoDelay(true);
  const { address, port, family } = flow.route;
  target.connect({ host: address, port, family, autoSelectFamily: false, ...localEnd(flow) });
}

function fromClient(flow: Flow, transparent: TransparentSockets): FlowSocket | undefined {
  const opened = transparent.open(flow.clientAddress, flow.clientPort);
  if ("fd" in opened) return socketOn(opened.fd, flow.down, flow);
  flow.dialFailed(opened.errno);
  return undefined;
}

interface LocalEnd {
  readonly localAddress: string;
  readonly localPort: number;
}

const unbound: Partial<LocalEnd> = {};

/** What Node is to bind. */
function localEnd({ chosenSource, sourcePort, entry, clientAddress }: Flow): Partial<LocalEnd> {
  switch (chosenSource) {
    case "client-address":
      return { localAddress: clientAddress };
    case "node":
      return { localAddress: entry.nodeAddress, localPort: sourcePort };
    default:
      return sourcePort === 0 ? unbound : { localPort: sourcePort };
  }
}
