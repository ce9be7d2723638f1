import type { Made, Refusal } from "./refusal.ts";

const validation = "ValidationError";

function createListener(message: Refusal["message"], input: object | ((made: Made) => object), code?: string): Refusal {
  const refusal = {
    call: "createListener",
    input: (made: Made) => ({
      LoadBalancerArn: made.loadBalancer,
      Protocol: "TCP",
      Port: 8090,
      DefaultActions: [{ Type: "forward", TargetGroupArn: made.group }],
      ...(typeof input === "function" ? input(made) : input),
    }),
    message,
  } as const;
  return code === undefined ? refusal : { ...refusal, code };
}

function forward(...groups: readonly (readonly [arn: string, weight: number])[]): object {
  const TargetGroups = groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  return { DefaultActions: [{ Type: "forward", ForwardConfig: { TargetGroups } }] };
}

export const listenerRefusals: readonly Refusal[] = [
  createListener(
    "Listener protocol 'HTTP' must be one of 'TCP, QUIC, TCP_QUIC, UDP, TCP_UDP, TLS'",
    { Protocol: "HTTP" },
    validation,
  ),
  createListener("A certificate cannot be specified for TCP listeners", {
    Certificates: [{ CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/0" }],
  }),
  // AWS spells it so.
  createListener("An SSL policy cannot be specifed for TCP listeners", { SslPolicy: "ELBSecurityPolicy-2016-08" }),
  createListener("A listener port must be specified", { Port: undefined }),
  createListener("A listener protocol must be specified", { Protocol: undefined }),
  createListener(
    ({ loadBalancer }) => `A listener already exists on this port for this load balancer '${loadBalancer}'`,
    ({ spare }) => ({ Port: 8080, ...forward([spare, 1]) }),
    "DuplicateListener",
  ),
  createListener(
    ({ udp }) => `The listener and the following target groups have incompatible protocols: ${udp}`,
    ({ udp }) => forward([udp, 1]),
    "IncompatibleProtocols",
  ),
  createListener(
    "The action type 'fixed-response' is not valid with network load balancer",
    { DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }] },
    "InvalidLoadBalancerAction",
  ),
  createListener(
    ({ taken }) => `The following target groups cannot be associated with more than one load balancer: ${taken}`,
    ({ taken }) => forward([taken, 1]),
    "TargetGroupAssociationLimit",
  ),
  createListener(
    "You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type",
    ({ ipv6 }) => forward([ipv6, 1]),
  ),
  createListener("The IP address types of the target groups for a single action must be the same", ({ group, ipv6 }) =>
    forward([group, 1], [ipv6, 1]),
  ),
  createListener("The weight for the target group must be between 1 and 999, inclusive", ({ spare }) =>
    forward([spare, 0]),
  ),
  createListener("The weight for each target group must be between 0 and 999, inclusive", ({ group, spare }) =>
    forward([group, 1], [spare, 1000]),
  ),
  createListener("You cannot specify more than 5 target groups per action", ({ spare }) =>
    forward([spare, 1], [spare, 1], [spare, 1], [spare, 1], [spare, 1], [spare, 1]),
  ),
  createListener(
    "Target group stickiness duration cannot be configured on load balancers of type 'network'",
    ({ spare }) => ({
      DefaultActions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: spare, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
          },
        },
      ],
    }),
  ),
  createListener(
    "You can specify both a target group list and a top-level target group ARN only if the ARNs match",
    ({ group, spare }) => ({
      DefaultActions: [
        {
          Type: "forward",
          TargetGroupArn: group,
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: spare, Weight: 1 }] },
        },
      ],
    }),
  ),
  {
    call: "createRule",
    input: ({ listener, spare }) => ({
      ListenerArn: listener,
      Priority: 1,
      Conditions: [{ Field: "source-ip", SourceIpConfig: { IpAddressType: "ipv4" } }],
      Actions: [{ Type: "forward", TargetGroupArn: spare }],
    }),
    // Rules need dualstack; AWS's own words for it are not known.
    message: /dualstack/,
  },
];
