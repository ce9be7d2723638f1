import type { Entry, Forward, TargetRoute } from "./routes.ts";

/**
 * The address that the target sees, or undefined for the kernel's choice.
 *
 * A client inside 127.0.0.0/8 can be preserved without any privilege: Linux lets every process bind every address of it. Others
 * show the node's address, as do flows that come through PrivateLink or cross address families. Preserving the port as well,
 * or the address of clients from elsewhere, needs `IP_TRANSPARENT`.
 */
export function sourceAddress(
  entry: Entry,
  forward: Forward,
  route: TargetRoute,
  clientAddress: string,
): string | undefined {
  const preserve =
    forward.preserveClientIp &&
    entry.vpcEndpointId === undefined &&
    route.family === 4 &&
    isLoopback4(clientAddress) &&
    isLoopback4(route.address);
  if (preserve) return clientAddress;
  const node = entry.nodeAddress;
  if (node === "0.0.0.0" || node === "::" || (node.includes(":") ? 6 : 4) !== route.family) return undefined;
  // What the kernel chooses by itself; not binding leaves the whole port range free for each target.
  if (node === "127.0.0.1" && isLoopback4(route.address)) return undefined;
  return node;
}

function isLoopback4(address: string): boolean {
  return address.startsWith("127.");
}
