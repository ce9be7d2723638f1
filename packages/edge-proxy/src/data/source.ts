import type { Entry, Forward, TargetRoute } from "./routes.ts";

/**
 * Where the connection to a target comes from.
 * - `kernel`: the kernel chooses the address: the node's or, across address families, another one of this machine
 * - `node`: the node's address, which has to be bound
 * - `client-address`: the client's own address with a port that the kernel chooses, which inside 127.0.0.0/8 needs no privilege
 * - `client`: the client's own address and port
 * - `hairpin`: impossible, because the client is the target: a machine drops packets from its own address, behind an NLB too
 */
export type Source = "kernel" | "node" | "client-address" | "client" | "hairpin";

/**
 * The client's address is preserved where the target group and the load balancer say so, but never through PrivateLink or
 * across address families.
 */
export function chooseSource(entry: Entry, forward: Forward, route: TargetRoute, clientAddress: string): Source {
  if (forward.preserveClientIp && entry.vpcEndpointId === undefined && entry.clientIp !== "off") {
    const kept = preserved(entry.clientIp, route, clientAddress);
    if (kept !== undefined) return kept;
  }
  const node = entry.nodeAddress;
  if (node === "0.0.0.0" || node === "::" || familyOf(node) !== route.family) return "kernel";
  // Not binding saves two system calls for each flow.
  if ((node === "127.0.0.1" || node === "::1") && isLoopback(route.address)) return "kernel";
  return "node";
}

function preserved(
  way: "loopback" | "transparent",
  route: TargetRoute,
  clientAddress: string,
): "client-address" | "client" | "hairpin" | undefined {
  if (familyOf(clientAddress) !== route.family) return undefined;
  // The client's own socket holds its port on this machine, so only the address can be preserved; and only a target on this
  // machine can answer to it.
  if (isLoopback(clientAddress)) return isLoopback(route.address) ? "client-address" : undefined;
  // A link-local address means nothing on the target's link.
  if (way === "loopback" || clientAddress.includes("%")) return undefined;
  return clientAddress === route.address ? "hairpin" : "client";
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

/** One of the addresses by which a machine reaches only itself. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
