import type { Made, Refusal } from "./refusal.ts";

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

export const attributeRefusals: readonly Refusal[] = [
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
