import { type GroupVerdict, zonesInDns } from "@edgekit/health";
import { dnsDomain, dnsName } from "../model/arn.ts";
import { groupNames, type LoadBalancer, nodeAddresses } from "../model/load-balancer.ts";
import type { Model } from "../model/model.ts";

/** How a target group stands in each zone; undefined for one that is not watched yet. */
export type VerdictsOf = (group: string) => ReadonlyMap<string, GroupVerdict> | undefined;

/**
 * The addresses that a name stands for, in lower case and without the final dot: those of a load balancer's healthy zones,
 * or of one zone. A zonal name is for clients that want this zone and no other, so that health does not change its answer.
 * Undefined when nobody has the name. Source: NLB user guide, "DNS name" and "Load balancer zonal health".
 */
export function dnsAddresses(name: string, model: Model, verdictsOf: VerdictsOf): readonly string[] | undefined {
  for (const loadBalancer of model.loadBalancers) {
    const own = dnsName(loadBalancer).toLowerCase();
    const { zones } = loadBalancer;
    const inDns =
      name === own
        ? healthyZones(loadBalancer, verdictsOf)
        : zones.filter((zone) => name === `${zone.name.toLowerCase()}.${own}`);
    if (inDns.length > 0) return [...new Set(inDns.flatMap(nodeAddresses))];
  }
  return undefined;
}

/** Where all names of load balancers are: those of a region that has none do not exist, rather than being somebody else's. */
export function dnsDomains(model: Model, region: string): string[] {
  const regions = new Set([region, ...model.loadBalancers.map(({ identity }) => identity.region)]);
  return [...regions].map(dnsDomain);
}

/** All of them when none is healthy. */
function healthyZones({ zones, listeners }: LoadBalancer, verdictsOf: VerdictsOf): LoadBalancer["zones"] {
  const groups = new Set(listeners.flatMap(groupNames));
  const inDns = zonesInDns(
    zones.map(({ name }) => name),
    [...groups].flatMap((group) => verdictsOf(group) ?? []),
  );
  return zones.filter(({ name }) => inDns.includes(name));
}
