import type { Refusal } from "./refusal.ts";

const validation = "ValidationError";

const unknown = (kind: string): string => `arn:aws:elasticloadbalancing:us-east-1:000000000000:${kind}`;
const noLoadBalancer = unknown("loadbalancer/net/none/0123456789abcdef");
const noGroup = unknown("targetgroup/none/0123456789abcdef");
const noListener = unknown("listener/net/none/0123456789abcdef/0123456789abcdef");
const noRule = unknown("listener-rule/net/none/0123456789abcdef/0123456789abcdef/0123456789abcdef");

export const lookupRefusals: readonly Refusal[] = [
  ...[{ LoadBalancerArns: [noLoadBalancer] }, { Names: ["none"] }].map(
    (input): Refusal => ({
      call: "describeLoadBalancers",
      input: () => input,
      code: "LoadBalancerNotFound",
      message: "One or more load balancers not found",
    }),
  ),
  ...[{ TargetGroupArns: [noGroup] }, { Names: ["none"] }].map(
    (input): Refusal => ({
      call: "describeTargetGroups",
      input: () => input,
      code: "TargetGroupNotFound",
      message: "One or more target groups not found",
    }),
  ),
  {
    call: "describeListeners",
    input: () => ({ ListenerArns: [noListener] }),
    code: "ListenerNotFound",
    message: "One or more listeners not found",
  },
  {
    call: "describeListeners",
    input: () => ({}),
    code: validation,
    message: "You must specify either listener ARNs or a load balancer ARN",
  },
  ...(
    [
      ["deleteListener", { ListenerArn: noListener }, "ListenerNotFound"],
      ["describeRules", { ListenerArn: noListener }, "ListenerNotFound"],
      ["deleteRule", { RuleArn: noRule }, "RuleNotFound"],
      ["describeTargetHealth", { TargetGroupArn: noGroup }, "TargetGroupNotFound"],
      ["registerTargets", { TargetGroupArn: noGroup, Targets: [{ Id: "127.0.0.1" }] }, "TargetGroupNotFound"],
      ["deregisterTargets", { TargetGroupArn: noGroup, Targets: [{ Id: "127.0.0.1" }] }, "TargetGroupNotFound"],
      ["describeTargetGroupAttributes", { TargetGroupArn: noGroup }, "TargetGroupNotFound"],
      ["modifyTargetGroup", { TargetGroupArn: noGroup }, "TargetGroupNotFound"],
      ["describeListeners", { LoadBalancerArn: noLoadBalancer }, "LoadBalancerNotFound"],
      ["describeLoadBalancerAttributes", { LoadBalancerArn: noLoadBalancer }, "LoadBalancerNotFound"],
      ["setSubnets", { LoadBalancerArn: noLoadBalancer, Subnets: ["subnet-0"] }, "LoadBalancerNotFound"],
      ["setIpAddressType", { LoadBalancerArn: noLoadBalancer, IpAddressType: "ipv4" }, "LoadBalancerNotFound"],
      ["describeTags", { ResourceArns: [noLoadBalancer] }, "LoadBalancerNotFound"],
      ["describeTags", { ResourceArns: [noGroup] }, "TargetGroupNotFound"],
      ["addTags", { ResourceArns: [noListener], Tags: [{ Key: "a", Value: "b" }] }, "ListenerNotFound"],
    ] as const
  ).map(([call, input, code]): Refusal => ({ call, input: () => input, code, message: /not found/ })),
  ...(
    [
      ["deleteLoadBalancer", { LoadBalancerArn: "web" }, "'web' is not a valid load balancer ARN"],
      ["deleteTargetGroup", { TargetGroupArn: "app" }, "'app' is not a valid target group ARN"],
    ] as const
  ).map(([call, input, message]): Refusal => ({ call, input: () => input, code: validation, message })),
  {
    call: "describeLoadBalancers",
    input: () => ({ LoadBalancerArns: [unknown("loadbalancer/app/none/0123456789abcdef")] }),
    code: "LoadBalancerNotFound",
    message: "One or more load balancers not found",
  },
  {
    call: "describeSSLPolicies",
    input: () => ({ Names: ["none"] }),
    code: "SSLPolicyNotFound",
    message: "SSL policy 'none' not found",
  },
  ...(["addTags", "removeTags"] as const).map(
    (call): Refusal => ({
      call,
      input: ({ group }) => ({ ResourceArns: [group] }),
      code: validation,
      message: /Member must not be null$/,
    }),
  ),
  {
    call: "addTags",
    input: ({ group }) => ({
      ResourceArns: [group],
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "a", Value: "2" },
      ],
    }),
    code: "DuplicateTagKeys",
    message: /./,
  },
];
