import type { LoadBalancer, Zone } from "../model/load-balancer.ts";

/** Names for the places where a load balancer listens; they stay the same as long as the place does. */
export function entryKeys(loadBalancer: LoadBalancer): {
  /** @param address the node's: a dualstack one has two */
  listener(index: number, zone: Zone, address?: string): string;
  endpoint(index: number): string;
} {
  return {
    listener: (index, zone, address = zone.address) => {
      const port = loadBalancer.listeners[index]?.port ?? 0;
      // Port 0 is another one each time, so several of them are told apart by their place.
      const name = port === 0 ? `#${index}` : `${port}`;
      return `${loadBalancer.name}/${name}/${zone.name}@${address}`;
    },
    endpoint: (index) => {
      const endpoint = loadBalancer.vpcEndpoints[index];
      if (endpoint === undefined) throw new RangeError(`no VPC endpoint ${index}`);
      const port = endpoint.port === 0 ? `#${index}` : `${endpoint.port}`;
      return `${loadBalancer.name}/${endpoint.id}@${endpoint.address}:${port}`;
    },
  };
}
