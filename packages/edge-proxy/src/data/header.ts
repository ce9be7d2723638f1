import { nlbHeader } from "@edgekit/pp2";
import type { Flow } from "./flow.ts";
import { unmapped } from "./unmapped.ts";

/**
 * The PROXY header of a flow, byte for byte an NLB's: its source is the client, its destination the address that the client
 * connected to, which for PrivateLink is the endpoint's.
 */
export function proxyHeader(flow: Flow): Uint8Array | undefined {
  const { entry, forward, client } = flow;
  const { localAddress, localPort } = client;
  if (forward.proxyHeader === "none" || localAddress === undefined || localPort === undefined) return undefined;
  return nlbHeader({
    source: { address: flow.clientAddress, port: flow.clientPort },
    destination: { address: unmapped(localAddress), port: localPort },
    ...(entry.vpcEndpointId === undefined ? {} : { awsVpcEndpointId: entry.vpcEndpointId }),
  });
}
