import { groupNames, type LoadBalancer } from "./load-balancer.ts";
import type { TargetGroup } from "./target-group.ts";

/** Everything that the stand-in is told to be. Plain data: every way in makes one of these, after the same checks. */
export interface Model {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
}

export const emptyModel: Model = { loadBalancers: [], targetGroups: [] };

/** The target groups of a load balancer that are to see their clients' own addresses. */
export function preservingGroups(model: Model, { listeners }: LoadBalancer): TargetGroup[] {
  const used = new Set(listeners.flatMap(groupNames));
  return model.targetGroups.filter(({ name, attributes }) => used.has(name) && attributes.preserveClientIp);
}

/** The load balancer that uses a target group; the model's checks see to it that there is one at most. */
export function userOf({ name: group }: TargetGroup, model: Model): LoadBalancer | undefined {
  return model.loadBalancers.find(({ listeners }) =>
    listeners.some((listener) => groupNames(listener).includes(group)),
  );
}

/** The part of a model that one way in is answerable for. */
export function partBy(model: Model, by: "api" | "config"): Model {
  const wanted = ({ identity }: LoadBalancer | TargetGroup): boolean =>
    (identity.origin.by === "api") === (by === "api");
  return { loadBalancers: model.loadBalancers.filter(wanted), targetGroups: model.targetGroups.filter(wanted) };
}

/** Both parts as one model. What the first one has keeps its place. */
export function together(first: Model, second: Model): Model {
  return {
    loadBalancers: [...first.loadBalancers, ...second.loadBalancers],
    targetGroups: [...first.targetGroups, ...second.targetGroups],
  };
}
