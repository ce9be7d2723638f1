import type { Flow } from "./flow.ts";
import { newSocket } from "./flow-socket.ts";

/** Opens the flow's connection to its target. The answer comes as the socket's events. */
export function dial(flow: Flow, localAddress: string | undefined): void {
  const target = newSocket(flow.down, flow);
  flow.dialing(target);
  flow.down.from(target);
  target.setNoDelay(true);
  const { address, port, family } = flow.route;
  target.connect({
    host: address,
    port,
    family,
    autoSelectFamily: false,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
}
