import type { Entry } from "../data/routes.ts";
import type { Selection } from "../data/select.ts";
import { chooseSource, isLoopback, type Source } from "../data/source.ts";

/** The address that a target sees its connection come from. */
export interface ExplainedSource {
  readonly kind: Source;
  /** Missing where the kernel chooses one of this machine's. */
  readonly address?: string;
  /** Missing where the kernel chooses one. */
  readonly port?: number;
  readonly why: string;
}

/** @param clientIpWhy why the load balancer preserves client addresses in the way that it does */
export function explainSource(
  entry: Entry,
  { forward, route }: Selection,
  client: { readonly address: string; readonly port: number },
  clientIpWhy = "",
): ExplainedSource {
  const kind = chooseSource(entry, forward, route, client.address);
  switch (kind) {
    case "client":
      return { kind, ...client, why: `preserve_client_ip.enabled, transparent: ${clientIpWhy}` };
    case "client-address":
      return {
        kind,
        address: client.address,
        why: "preserve_client_ip.enabled; the port is another one, because the client's own socket has its port",
      };
    case "hairpin":
      return { kind, why: "the client is its own target" };
    case "node":
    case "kernel": {
      const { nodeAddress } = entry;
      const known = kind === "node" || (isLoopback(nodeAddress) && nodeAddress.includes(":") === (route.family === 6));
      const why = whyNotTheClient(entry, forward.preserveClientIp, route, client.address, clientIpWhy);
      return { kind, ...(known ? { address: nodeAddress } : {}), why };
    }
  }
}

function whyNotTheClient(
  entry: Entry,
  preserve: boolean,
  route: Selection["route"],
  client: string,
  clientIpWhy: string,
): string {
  if (!preserve) return "preserve_client_ip.enabled is false";
  if (entry.vpcEndpointId !== undefined) return "connections through a VPC endpoint never keep the client's address";
  if (entry.clientIp === "off") return `client addresses cannot be preserved here: ${clientIpWhy}`;
  if (client.includes(":") !== (route.family === 6)) return "client and target are of different address families";
  if (isLoopback(client)) return "no other machine answers to a loopback address";
  if (entry.clientIp === "loopback")
    return `only clients inside 127.0.0.0/8 keep their address with the way 'loopback': ${clientIpWhy}`;
  return "a link-local address means nothing on the target's link";
}
