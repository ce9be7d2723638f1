import { listenerArn, loadBalancerArn, ruleArn, targetGroupArn } from "../../model/arn.ts";
import type { Listener, LoadBalancer, Rule } from "../../model/load-balancer.ts";
import type { Model } from "../../model/model.ts";
import type { TargetGroup } from "../../model/target-group.ts";
import { ApiError } from "./api-error.ts";

/**
 * Each finds what an ARN names, or throws `ApiError`: `ValidationError` for a malformed ARN, and `find…` also `…NotFound` where
 * nothing has it.
 */

export function findLoadBalancer(
  model: Model,
  arn: string,
  notFound: string = `Load balancer '${arn}' not found`,
): LoadBalancer {
  const found = loadBalancerIfThere(model, arn);
  if (found === undefined) throw new ApiError("LoadBalancerNotFound", notFound);
  return found;
}

export function loadBalancerIfThere(model: Model, arn: string): LoadBalancer | undefined {
  checkArn(arn, "load balancer", /:loadbalancer\/(net|app|gwy)\/[^/]+\/[^/]+$/);
  return model.loadBalancers.find((candidate) => loadBalancerArn(candidate) === arn);
}

export function findTargetGroup(model: Model, arn: string): TargetGroup {
  const found = targetGroupIfThere(model, arn);
  if (found === undefined) throw new ApiError("TargetGroupNotFound", "One or more target groups not found");
  return found;
}

export function targetGroupIfThere(model: Model, arn: string): TargetGroup | undefined {
  checkArn(arn, "target group", /:targetgroup\/[^/]+\/[^/]+$/);
  return model.targetGroups.find((candidate) => targetGroupArn(candidate) === arn);
}

export interface FoundListener {
  readonly loadBalancer: LoadBalancer;
  readonly listener: Listener;
}

export function findListener(model: Model, arn: string): FoundListener {
  checkArn(arn, "listener", /:listener\/(net|app|gwy)\/[^/]+\/[^/]+\/[^/]+$/);
  for (const loadBalancer of model.loadBalancers) {
    const listener = loadBalancer.listeners.find((candidate) => listenerArn(loadBalancer, candidate) === arn);
    if (listener !== undefined) return { loadBalancer, listener };
  }
  throw new ApiError("ListenerNotFound", "One or more listeners not found");
}

export interface FoundRule extends FoundListener {
  /** Undefined for a listener's default rule. */
  readonly rule: Rule | undefined;
}

export function findRule(model: Model, arn: string): FoundRule {
  checkArn(arn, "rule", /:listener-rule\/(net|app|gwy)\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/);
  for (const loadBalancer of model.loadBalancers) {
    for (const listener of loadBalancer.listeners) {
      if (ruleArn(loadBalancer, listener, defaultRuleOf(listener)) === arn) {
        return { loadBalancer, listener, rule: undefined };
      }
      const rule = listener.rules.find((candidate) => ruleArn(loadBalancer, listener, candidate) === arn);
      if (rule !== undefined) return { loadBalancer, listener, rule };
    }
  }
  throw new ApiError("RuleNotFound", "One or more rules not found");
}

/** Every listener has a default rule: its own actions, under an id that is derived from the listener's. */
export function defaultRuleOf({ id }: Listener): { readonly id: string } {
  return { id: [...id].reverse().join("") };
}

function checkArn(arn: string, kind: string, form: RegExp): void {
  if (!arn.startsWith("arn:") || !form.test(arn)) throw ApiError.validation(`'${arn}' is not a valid ${kind} ARN`);
}
