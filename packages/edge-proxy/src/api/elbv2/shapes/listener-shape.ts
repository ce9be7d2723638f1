import { listenerArn, loadBalancerArn, ruleArn, targetGroupArn } from "../../../model/arn.ts";
import type { Forwarding, Listener, LoadBalancer, Rule } from "../../../model/load-balancer.ts";
import type { Model } from "../../../model/model.ts";
import { defaultRuleOf } from "../lookup.ts";
import type { Shape } from "../xml.ts";

/** AWS's `Listener`. */
export function listenerShape(loadBalancer: LoadBalancer, listener: Listener, model: Model): Shape {
  return {
    ListenerArn: listenerArn(loadBalancer, listener),
    LoadBalancerArn: loadBalancerArn(loadBalancer),
    Port: listener.port,
    Protocol: listener.protocol,
    DefaultActions: [actionShape(listener, model)],
  };
}

/** AWS's `Rule`; without one, the listener's default rule. */
export function ruleShape(loadBalancer: LoadBalancer, listener: Listener, rule: Rule | undefined, model: Model): Shape {
  if (rule === undefined) {
    return {
      RuleArn: ruleArn(loadBalancer, listener, defaultRuleOf(listener)),
      Priority: "default",
      Conditions: [],
      Actions: [actionShape(listener, model)],
      IsDefault: true,
    };
  }
  const IpAddressType = rule.sourceFamily === 6 ? "ipv6" : "ipv4";
  return {
    RuleArn: ruleArn(loadBalancer, listener, rule),
    Priority: String(rule.priority),
    Conditions: [{ Field: "source-ip", SourceIpConfig: { IpAddressType } }],
    Actions: [actionShape(rule, model)],
    IsDefault: false,
  };
}

/** AWS's `Action`. The ARN stands at its top as well where there is only one group. */
function actionShape({ targetGroups, keepsGroup }: Forwarding, model: Model): Shape {
  const groups = targetGroups.flatMap(({ name, weight }) => {
    const group = model.targetGroups.find((candidate) => candidate.name === name);
    return group === undefined ? [] : [{ TargetGroupArn: targetGroupArn(group), Weight: weight }];
  });
  return {
    Type: "forward",
    TargetGroupArn: groups.length === 1 ? groups[0]?.TargetGroupArn : undefined,
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: { Enabled: keepsGroup } },
  };
}
