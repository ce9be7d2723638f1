import type { Listener } from "../model/load-balancer.ts";
import type { Model } from "../model/model.ts";

/** A target group whose weight on a listener has become 0. */
export interface WithdrawnGroup {
  readonly loadBalancer: string;
  readonly listenerPort: number;
  readonly group: string;
}

/**
 * The groups whose weight has become 0: an NLB does not only send them no new flows, it also closes those that they have.
 * Source: AWS, "Listeners for your Network Load Balancers", on weighted target groups.
 */
export function withdrawnGroups(before: Model, after: Model): WithdrawnGroup[] {
  const old = new Map(
    before.loadBalancers.flatMap(({ listeners }) => listeners.map((item) => [item.id, item] as const)),
  );
  return after.loadBalancers.flatMap(({ name, listeners }) =>
    listeners.flatMap((listener) => {
      const known = old.get(listener.id);
      if (known === undefined) return [];
      const weights = weightsOf(listener);
      return [...weightsOf(known)]
        .filter(([group, weight]) => weight > 0 && weights.get(group) === 0)
        .map(([group]) => ({ loadBalancer: name, listenerPort: listener.port, group }));
    }),
  );
}

/** The weight of each group, in the rules too. */
function weightsOf({ targetGroups, rules }: Listener): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { name, weight } of [targetGroups, ...rules.map((rule) => rule.targetGroups)].flat()) {
    weights.set(name, (weights.get(name) ?? 0) + weight);
  }
  return weights;
}
