import type { LoadBalancer } from "./load-balancer.ts";
import type { TargetGroup } from "./target-group.ts";

/** Everything that the stand-in is told to be. Plain data: every way in makes one of these, after the same checks. */
export interface Model {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
}

/** The target groups of a load balancer that are to see their clients' own addresses. */
export function preservingGroups(model: Model, { listeners }: LoadBalancer): TargetGroup[] {
  const used = new Set(listeners.flatMap(({ targetGroups }) => targetGroups.map(({ name }) => name)));
  return model.targetGroups.filter(({ name, attributes }) => used.has(name) && attributes.preserveClientIp);
}

/** The load balancer that uses a target group; the model's checks see to it that there is one at most. */
export function userOf({ name: group }: TargetGroup, model: Model): LoadBalancer | undefined {
  return model.loadBalancers.find(({ listeners }) =>
    listeners.some(({ targetGroups }) => targetGroups.some(({ name }) => name === group)),
  );
}
