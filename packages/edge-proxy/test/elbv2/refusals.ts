import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What is there when each of these calls is made. */
export interface Made {
  /** Internet-facing, ipv4, in the first zone, with the listener. */
  readonly loadBalancer: string;
  readonly otherLoadBalancer: string;
  readonly protectedLoadBalancer: string;
  /** TCP on port 8080, to `group`. */
  readonly listener: string;
  /** ip targets over TCP. */
  readonly group: string;
  readonly spare: string;
  readonly udp: string;
  readonly tls: string;
  readonly ipv6: string;
  /** In use by the other load balancer. */
  readonly taken: string;
}

export interface Refusal {
  readonly call: keyof ElasticLoadBalancingV2;
  readonly input: (made: Made) => object;
  /** Undefined where no source is certain whether it is ValidationError or InvalidConfigurationRequest. */
  readonly code?: string;
  readonly message: string | ((made: Made) => string) | RegExp;
}

const unknown = (kind: string): string => `arn:aws:elasticloadbalancing:us-east-1:000000000000:${kind}`;
const noLoadBalancer = unknown("loadbalancer/net/none/0123456789abcdef");
const noGroup = unknown("targetgroup/none/0123456789abcdef");
const noListener = unknown("listener/net/none/0123456789abcdef/0123456789abcdef");
const noRule = unknown("listener-rule/net/none/0123456789abcdef/0123456789abcdef/0123456789abcdef");

const invalid = "InvalidConfigurationRequest";
const validation = "ValidationError";

type Pairs = readonly (readonly [key: string, value: string])[];

const attributes = (pairs: Pairs): object[] => pairs.map(([Key, Value]) => ({ Key, Value }));

function groupAttributes(message: Refusal["message"], ...pairs: Pairs): Refusal {
  const input = ({ group }: Made): object => ({ TargetGroupArn: group, Attributes: attributes(pairs) });
  return { call: "modifyTargetGroupAttributes", input, code: invalid, message };
}

function loadBalancerAttributes(message: Refusal["message"], ...pairs: Pairs): Refusal {
  const input = ({ loadBalancer }: Made): object => ({ LoadBalancerArn: loadBalancer, Attributes: attributes(pairs) });
  return { call: "modifyLoadBalancerAttributes", input, code: invalid, message };
}

function listenerAttributes(message: Refusal["message"], ...pairs: Pairs): Refusal {
  const input = ({ listener }: Made): object => ({ ListenerArn: listener, Attributes: attributes(pairs) });
  return { call: "modifyListenerAttributes", input, code: invalid, message };
}

const dns = "target_group_health.dns_failover.minimum_healthy_targets";
const routing = "target_group_health.unhealthy_state_routing.minimum_healthy_targets";
const termination = "target_health_state.unhealthy.connection_termination.enabled";
const interval = "target_health_state.unhealthy.draining_interval_seconds";

const attributeRefusals: readonly Refusal[] = [
  {
    call: "modifyTargetGroupAttributes",
    input: ({ udp }) => ({ TargetGroupArn: udp, Attributes: attributes([["preserve_client_ip.enabled", "false"]]) }),
    code: invalid,
    message: "preserve_client_ip.enabled cannot be false if the target group protocol is UDP or TCP_UDP.",
  },
  {
    call: "modifyTargetGroupAttributes",
    input: ({ tls }) => ({ TargetGroupArn: tls, Attributes: attributes([["stickiness.enabled", "true"]]) }),
    code: invalid,
    message: "You cannot enable stickiness on target groups with the TLS protocol",
  },
  groupAttributes(`You cannot have both '${termination}' and '${interval}' enabled on a target group`, [
    interval,
    "60",
  ]),
  groupAttributes(
    `'${interval}' value '400000' must be between '0-360000' inclusive`,
    [termination, "false"],
    [interval, "400000"],
  ),
  groupAttributes("'deregistration_delay.timeout_seconds' value '3601' must be between '0-3600' inclusive", [
    "deregistration_delay.timeout_seconds",
    "3601",
  ]),
  groupAttributes(
    "DNS failover threshold must be greater than or equal to unhealthy state routing threshold",
    [`${dns}.count`, "1"],
    [`${routing}.count`, "2"],
  ),
  groupAttributes(`The value of '${dns}.count' must be 'off' or a positive integer`, [`${dns}.count`, "0"]),
  groupAttributes(`'${routing}.percentage' must be 'off' or an integer from 1 to 100 inclusive`, [
    `${routing}.percentage`,
    "101",
  ]),
  groupAttributes("'load_balancing.cross_zone.enabled' must be one of use_load_balancer_configuration,true,false", [
    "load_balancing.cross_zone.enabled",
    "maybe",
  ]),
  groupAttributes("The value of 'stickiness.enabled' must be 'true' or 'false', but was '1'", [
    "stickiness.enabled",
    "1",
  ]),
  groupAttributes("Target group attribute key 'no.such.key' is not recognized", ["no.such.key", "1"]),
  groupAttributes(
    "Target group attribute keys must be unique: '[stickiness.enabled]'",
    ["stickiness.enabled", "true"],
    ["stickiness.enabled", "false"],
  ),
  groupAttributes("Stickiness type 'lb_cookie' is not supported for target groups with the TCP protocol", [
    "stickiness.type",
    "lb_cookie",
  ]),
  // A key of another kind of load balancer.
  groupAttributes("A target group with TCP protocol does not support the attribute slow_start.duration_seconds", [
    "slow_start.duration_seconds",
    "30",
  ]),
  loadBalancerAttributes("Load balancer attribute key 'idle_timeout.timeout_seconds' is not recognized", [
    "idle_timeout.timeout_seconds",
    "60",
  ]),
  loadBalancerAttributes(
    "Attribute key 'deletion_protection.enabled' has been specified more than once",
    ["deletion_protection.enabled", "true"],
    ["deletion_protection.enabled", "true"],
  ),
  loadBalancerAttributes("'zone_affinity' is not a valid value for 'dns_record.client_routing_policy'", [
    "dns_record.client_routing_policy",
    "zone_affinity",
  ]),
  loadBalancerAttributes("Valid range for the number of secondary IP addresses is from '0-7'", [
    "secondary_ips.auto_assigned.per_subnet",
    "8",
  ]),
  loadBalancerAttributes("The key 'access_logs.s3.bucket' must set in order to enable access logs", [
    "access_logs.s3.enabled",
    "true",
  ]),
  {
    ...loadBalancerAttributes(
      /^1 validation error detected: Value '\[.*\]' at 'attributes' failed to satisfy constraint: Member must have length less than or equal to 20$/s,
      ...Array.from({ length: 21 }, (_, i): [string, string] => [`key.${i}`, "1"]),
    ),
    code: validation,
  },
  listenerAttributes("'tcp.idle_timeout.seconds' value '30' must be between '60-6000' inclusive", [
    "tcp.idle_timeout.seconds",
    "30",
  ]),
  listenerAttributes("Listener attribute key 'no.such.key' is not recognized", ["no.such.key", "1"]),
  listenerAttributes("The provided listener attribute is not supported", [
    "routing.http.response.server.enabled",
    "true",
  ]),
];

function createGroup(message: Refusal["message"], input: object, code?: string): Refusal {
  const common = { Name: "new", Protocol: "TCP", Port: 80, VpcId: "vpc-0", TargetType: "ip" };
  const refusal = { call: "createTargetGroup", input: () => ({ ...common, ...input }), message } as const;
  return code === undefined ? refusal : { ...refusal, code };
}

const long = "x".repeat(33);
const names = /: \(\?!\^-\)\(\?!\.\*-\$\)\^\[A-Za-z0-9-\]\+\$$/;

const groupRefusals: readonly Refusal[] = [
  createGroup("A protocol must be specified", { Protocol: undefined }, validation),
  createGroup("A port must be specified", { Port: undefined }, validation),
  createGroup("A VPC ID must be specified", { VpcId: undefined }, validation),
  createGroup(`Target group name '${long}' cannot be longer than '32' characters`, { Name: long }, validation),
  createGroup(names, { Name: "-a-" }, validation),
  createGroup("Health check protocol 'UDP' must be one of 'HTTP, HTTPS, TCP'", { HealthCheckProtocol: "UDP" }),
  createGroup("Health check paths are not supported for TCP health checks", { HealthCheckPath: "/" }),
  createGroup("Health check port '65536' must be within '1-65535' or 'traffic-port'", { HealthCheckPort: "65536" }),
  createGroup("Health check enabled must be true for target groups with target type 'ip'", {
    HealthCheckEnabled: false,
  }),
  createGroup("Health check timeout '10' must be smaller than or equal to the interval '5'", {
    HealthCheckIntervalSeconds: 5,
  }),
  createGroup("Health check matcher HTTP code '600' must be within '200-599' inclusive", {
    HealthCheckProtocol: "HTTP",
    Matcher: { HttpCode: "600" },
  }),
  createGroup("You cannot specify the protocol version for a target group with the 'TCP' protocol", {
    ProtocolVersion: "HTTP2",
  }),
  createGroup(
    "A target group with the same name 'app' exists, but with different settings",
    { Name: "app", Port: 81 },
    "DuplicateTargetGroupName",
  ),
  {
    call: "modifyTargetGroup",
    input: ({ group }) => ({ TargetGroupArn: group, HealthCheckPath: "/up" }),
    message: "Health check paths are not supported for TCP health checks",
  },
  {
    call: "deleteTargetGroup",
    input: ({ group }) => ({ TargetGroupArn: group }),
    code: "ResourceInUse",
    message: ({ group }) => `Target group '${group}' is currently in use by a listener or a rule`,
  },
  {
    call: "registerTargets",
    input: ({ group }) => ({ TargetGroupArn: group, Targets: [{ Id: "8.8.8.8" }] }),
    code: validation,
    message: "The IP address '8.8.8.8' is not allowed, as it must be an address from a VPC subnet, RFC1918, or RFC6598",
  },
];

function createLoadBalancer(message: Refusal["message"], input: object, code?: string): Refusal {
  const common = { Name: "new", Type: "network", Subnets: ["subnet-0"] };
  const refusal = { call: "createLoadBalancer", input: () => ({ ...common, ...input }), message } as const;
  return code === undefined ? refusal : { ...refusal, code };
}

const loadBalancerRefusals: readonly Refusal[] = [
  createLoadBalancer(
    `The load balancer name '${long}' cannot be longer than '32' characters`,
    { Name: long },
    validation,
  ),
  createLoadBalancer(
    "The load balancer name 'internal-web' cannot begin with 'internal-'",
    { Name: "internal-web" },
    validation,
  ),
  createLoadBalancer("The load balancer name 'web-' cannot end with a hyphen(-)", { Name: "web-" }, validation),
  createLoadBalancer(
    "The load balancer name 'we_b' can only contain characters that are alphanumeric characters and hyphens(-)",
    { Name: "we_b" },
    validation,
  ),
  createLoadBalancer("A load balancer cannot be attached to multiple subnets in the same Availability Zone", {
    Subnets: ["subnet-0", "subnet-0"],
  }),
  createLoadBalancer("You can only specify private IPv4 addresses for Network Load Balancers with scheme 'internal'.", {
    Subnets: undefined,
    SubnetMappings: [{ SubnetId: "subnet-0", PrivateIPv4Address: "127.0.5.1" }],
  }),
  createLoadBalancer(
    "The allocation ID 'eipalloc-0123456789abcdef0' does not exist",
    { Subnets: undefined, SubnetMappings: [{ SubnetId: "subnet-0", AllocationId: "eipalloc-0123456789abcdef0" }] },
    "AllocationIdNotFound",
  ),
  createLoadBalancer(
    "A load balancer with the same name 'web' exists, but with different settings",
    { Name: "web", Scheme: "internal" },
    "DuplicateLoadBalancerName",
  ),
  {
    call: "setSecurityGroups",
    input: ({ loadBalancer }) => ({
      LoadBalancerArn: loadBalancer,
      SecurityGroups: [],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
    }),
    message:
      "One or more security groups must be specified when using EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
  },
  {
    call: "deleteLoadBalancer",
    input: ({ protectedLoadBalancer }) => ({ LoadBalancerArn: protectedLoadBalancer }),
    code: "OperationNotPermitted",
    message: ({ protectedLoadBalancer }) =>
      `Load balancer '${protectedLoadBalancer}' cannot be deleted because deletion protection is enabled`,
  },
];

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

const listenerRefusals: readonly Refusal[] = [
  createListener(
    "Listener protocol 'HTTP' must be one of 'TCP, QUIC, TCP_QUIC, UDP, TCP_UDP, TLS'",
    { Protocol: "HTTP" },
    validation,
  ),
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

const lookupRefusals: readonly Refusal[] = [
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

/** Calls that AWS refuses, each with its code and its words. */
export const refusals: readonly Refusal[] = [
  ...attributeRefusals,
  ...groupRefusals,
  ...loadBalancerRefusals,
  ...listenerRefusals,
  ...lookupRefusals,
];
