import { elsewhere, pinned, type Row, type TestName } from "./row.ts";

function holds(what: string, tests: readonly TestName[]): Row {
  return { what, verdict: "holds", tests };
}

function keptOnly(what: string, note: string): Row {
  return {
    what,
    verdict: "differs",
    note: `kept and answered without effect: ${note}`,
    tests: pinned("load-balancers", "are kept as they are set, all of them or none"),
  };
}

const awscli = "interop/awscli.test.ts";
const crossZone = [
  ...pinned("effects/choice", "lets a node reach targets of other zones; a target group's own setting wins"),
  ...elsewhere(awscli, "load_balancing.cross_zone.enabled and stickiness: which targets a node's clients reach"),
];
const failOpen = pinned("effects/choice", "below the threshold a node routes to all targets: %o");
const dnsFailover = elsewhere(
  "packages/edge-proxy/test/dns.test.ts",
  "takes a zone out as soon as too many of its targets fail, and gives all when none is left",
);

/** Every attribute of a target group of a Network Load Balancer. */
export const targetGroupAttributeRows: readonly Row[] = [
  holds("deregistration_delay.timeout_seconds", [
    ...pinned("effects/connection-end", "timeout_seconds is how long a target drains; its flows go on after it"),
    ...elsewhere(awscli, "deregistration_delay.timeout_seconds: a target drains for so long"),
  ]),
  holds(
    "deregistration_delay.connection_termination.enabled",
    pinned("effects/connection-end", "connection_termination.enabled ends what is left after it"),
  ),
  holds("load_balancing.cross_zone.enabled", crossZone),
  holds("preserve_client_ip.enabled", [
    ...pinned(
      "effects/client-address",
      "decides which address the targets of new flows see",
      "is on for instance targets until it is switched off",
    ),
    ...elsewhere(awscli, "preserve_client_ip.enabled: instance targets see the client's address until it is false"),
  ]),
  holds("proxy_protocol_v2.enabled", [
    ...pinned("effects/client-address", "puts a header before the bytes of new flows"),
    ...elsewhere(awscli, "proxy_protocol_v2.enabled: new flows begin with a header that names the client"),
  ]),
  {
    what: "proxy_protocol_v2.client_to_server.header_placement",
    verdict: "differs",
    note: "can be set by anybody; on AWS, its support sets it",
    tests: pinned("effects/client-address", "on_first_ack sends the header before the client has said anything"),
  },
  ...["stickiness.enabled", "stickiness.type"].map((key) =>
    holds(
      key,
      pinned("effects/choice", "with source_ip leads a client address to one target, and other addresses to others"),
    ),
  ),
  holds("target_group_health.dns_failover.minimum_healthy_targets.count", dnsFailover),
  holds(
    "target_group_health.dns_failover.minimum_healthy_targets.percentage",
    elsewhere(
      "packages/edge-proxy/src/control/dns-records.test.ts",
      "takes a zone out where 6 of its 10 targets fail and 50 % must be healthy, cross-zone off",
    ),
  ),
  holds("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", failOpen),
  holds("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", failOpen),
  holds(
    "target_health_state.unhealthy.connection_termination.enabled",
    pinned(
      "effects/connection-end",
      "connection_termination.enabled ends the flows of a target that becomes unhealthy, by default",
      "without termination and interval keeps flows of an unhealthy target",
    ),
  ),
  holds("target_health_state.unhealthy.draining_interval_seconds", [
    ...pinned(
      "effects/connection-end",
      "draining_interval_seconds keeps them for so long, and sends new ones elsewhere",
    ),
    ...elsewhere(awscli, "unhealthy.draining_interval_seconds: flows of an unhealthy target live for a minute more"),
  ]),
];

export const loadBalancerAttributeRows: readonly Row[] = [
  holds("load_balancing.cross_zone.enabled", crossZone),
  holds(
    "deletion_protection.enabled",
    pinned("load-balancers", "deletion_protection.enabled holds until it is taken away"),
  ),
  ...["access_logs.s3.enabled", "access_logs.s3.bucket", "access_logs.s3.prefix"].map((key) =>
    keptOnly(key, "AWS writes them for TLS listeners only; the [flow log](flow-log.md) is for TCP"),
  ),
  keptOnly("dns_record.client_routing_policy", "nothing tells in which zone a client on one machine is"),
  keptOnly("ipv6.deny_all_igw_traffic", "there is no internet gateway on one machine"),
  keptOnly("secondary_ips.auto_assigned.per_subnet", "a node has one address"),
  keptOnly("zonal_shift.config.enabled", "there is no zonal shift"),
];

export const listenerAttributeRows: readonly Row[] = [
  holds("tcp.idle_timeout.seconds", [
    ...pinned("effects/connection-end", "is after how long without a byte nobody is told, and who sends next is reset"),
    ...pinned("listeners", "tcp.idle_timeout.seconds is 350 until it is set"),
  ]),
];
