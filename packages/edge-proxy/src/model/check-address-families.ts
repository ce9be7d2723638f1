import { groupNames } from "./load-balancer.ts";
import type { Model } from "./model.ts";
import type { Problem } from "./problem.ts";

/** What AWS says where a listener or a rule is to send to an IPv6 target group. */
export const ipv6GroupNeedsDualstack =
  "You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type";

/**
 * AWS reaches IPv6 targets only from load balancers whose nodes have an IPv6 address as well. Here they are reached all the same,
 * so a file may have such a pair; the API refuses it.
 */
export function checkAddressFamilies({ loadBalancers, targetGroups }: Model): Problem[] {
  const overIpv6 = new Set(targetGroups.filter((group) => group.ipAddressType === "ipv6").map(({ name }) => name));
  return loadBalancers.flatMap(({ listeners, network }, i) => {
    if (network.ipAddressType !== "ipv4") return [];
    return listeners.flatMap((listener, j) => {
      const wrong = groupNames(listener).find((name) => overIpv6.has(name));
      if (wrong === undefined) return [];
      return [
        {
          path: ["loadBalancers", i, "listeners", j, "targetGroup"],
          message: ipv6GroupNeedsDualstack,
          hint: `target group '${wrong}' has IPv6 targets: give a zone an ipv6Address`,
        },
      ];
    });
  });
}
