import { loadBalancerArn, targetGroupArn } from "../../../model/arn.ts";
import { ipv6GroupNeedsDualstack } from "../../../model/check-address-families.ts";
import type { Forwarding, LoadBalancer } from "../../../model/load-balancer.ts";
import { type Model, userOf } from "../../../model/model.ts";
import type { TargetGroup } from "../../../model/target-group.ts";
import { goesWithTcpListener } from "../../../model/target-group-protocol.ts";
import { ApiError } from "../api-error.ts";
import { findTargetGroup } from "../lookup.ts";
import type { Params } from "../params.ts";

const maxGroups = 5;

/**
 * Where a listener or a rule is to send flows, from its list of actions.
 * @throws ApiError as AWS's CreateListener does
 */
export function forwardingOf(actions: readonly Params[], loadBalancer: LoadBalancer, model: Model): Forwarding {
  const [action] = actions;
  if (action === undefined) throw ApiError.validation("At least one action must be specified");
  if (actions.length > 1) throw new ApiError("TooManyActions", "You cannot specify more than one action");
  const type = action.required("Type");
  if (type !== "forward") {
    throw new ApiError(
      "InvalidLoadBalancerAction",
      `The action type '${type}' is not valid with network load balancer`,
    );
  }
  const weighted = weightedGroups(action, model);
  const groups = weighted.map(({ group }) => group);
  checkGroups(groups, loadBalancer, model);
  const stickiness = action.struct("ForwardConfig").struct("TargetGroupStickinessConfig");
  if (stickiness.has("DurationSeconds")) {
    throw ApiError.invalidConfiguration(
      "Target group stickiness duration cannot be configured on load balancers of type 'network'",
    );
  }
  const keepsGroup = stickiness.boolean("Enabled") ?? false;
  if (groups.length > 1 && !keepsGroup && groups.some(({ attributes }) => attributes.stickiness)) {
    throw ApiError.invalidConfiguration(
      "You must enable target group stickiness on the forward action, as at least one of its target groups has stickiness enabled",
    );
  }
  return { targetGroups: weighted.map(({ group: { name }, weight }) => ({ name, weight })), keepsGroup };
}

interface Weighted {
  readonly group: TargetGroup;
  readonly weight: number;
}

function weightedGroups(action: Params, model: Model): readonly Weighted[] {
  const single = action.string("TargetGroupArn");
  const tuples = action.struct("ForwardConfig").list("TargetGroups");
  if (single !== undefined && tuples.length > 0) {
    const same = tuples.length === 1 && tuples[0]?.string("TargetGroupArn") === single;
    if (!same) {
      throw ApiError.invalidConfiguration(
        "You can specify both a target group list and a top-level target group ARN only if the ARNs match",
      );
    }
  }
  if (tuples.length > maxGroups) {
    throw ApiError.invalidConfiguration(`You cannot specify more than ${maxGroups} target groups per action`);
  }
  if (tuples.length === 0) {
    if (single === undefined) throw ApiError.validation("A target group ARN must be specified");
    return [{ group: findTargetGroup(model, single), weight: 1 }];
  }
  const alone = tuples.length === 1;
  const weighted = tuples.map((tuple) => ({
    group: findTargetGroup(model, tuple.required("TargetGroupArn")),
    weight: weightOf(tuple, alone),
  }));
  if (new Set(weighted.map(({ group }) => group)).size < weighted.length) {
    throw ApiError.invalidConfiguration("Target group ARNs must be unique in an action");
  }
  return weighted;
}

function weightOf(tuple: Params, alone: boolean): number {
  const text = tuple.string("Weight") ?? "1";
  const weight = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (weight >= (alone ? 1 : 0) && weight <= 999) return weight;
  throw ApiError.validation(
    alone
      ? "The weight for the target group must be between 1 and 999, inclusive"
      : "The weight for each target group must be between 0 and 999, inclusive",
  );
}

function checkGroups(groups: readonly TargetGroup[], loadBalancer: LoadBalancer, model: Model): void {
  const arns = (some: readonly TargetGroup[]): string => some.map(targetGroupArn).join(", ");
  const incompatible = groups.filter(({ protocol }) => !goesWithTcpListener(protocol));
  if (incompatible.length > 0) {
    throw new ApiError(
      "IncompatibleProtocols",
      `The listener and the following target groups have incompatible protocols: ${arns(incompatible)}`,
    );
  }
  const taken = groups.filter((group) => {
    const user = userOf(group, model);
    return user !== undefined && loadBalancerArn(user) !== loadBalancerArn(loadBalancer);
  });
  if (taken.length > 0) {
    throw new ApiError(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${arns(taken)}`,
    );
  }
  if (new Set(groups.map(({ ipAddressType }) => ipAddressType)).size > 1) {
    throw ApiError.invalidConfiguration(
      "The IP address types of the target groups for a single action must be the same",
    );
  }
  if (loadBalancer.network.ipAddressType === "ipv4" && groups.some(({ ipAddressType }) => ipAddressType === "ipv6")) {
    throw ApiError.invalidConfiguration(ipv6GroupNeedsDualstack);
  }
}
