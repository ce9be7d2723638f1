import type { Identity } from "../../model/identity.ts";
import type { Listener, LoadBalancer } from "../../model/load-balancer.ts";
import type { Model } from "../../model/model.ts";
import type { TargetGroup } from "../../model/target-group.ts";
import { ApiError } from "./api-error.ts";

/**
 * Each returns the model with one resource changed. For one that a config file defines they throw `ApiError`
 * `OperationNotPermitted`.
 */

export function withLoadBalancer(model: Model, before: LoadBalancer, after: LoadBalancer | undefined): Model {
  refuseIfFromFile(`Load balancer '${before.name}'`, before.identity);
  return { ...model, loadBalancers: replaced(model.loadBalancers, before, after) };
}

export function withTargetGroup(model: Model, before: TargetGroup, after: TargetGroup | undefined): Model {
  refuseIfFromFile(`Target group '${before.name}'`, before.identity);
  return { ...model, targetGroups: replaced(model.targetGroups, before, after) };
}

export function withListener(
  model: Model,
  loadBalancer: LoadBalancer,
  before: Listener,
  after: Listener | undefined,
): Model {
  const listeners = replaced(loadBalancer.listeners, before, after);
  return withLoadBalancer(model, loadBalancer, { ...loadBalancer, listeners });
}

function refuseIfFromFile(what: string, { origin }: Identity): void {
  if (origin.by !== "file") return;
  throw ApiError.notPermitted(`${what} is defined in ${origin.file}: change it there`);
}

function replaced<Item>(items: readonly Item[], before: Item, after: Item | undefined): readonly Item[] {
  return items.flatMap((item) => {
    if (item !== before) return [item];
    return after === undefined ? [] : [after];
  });
}
