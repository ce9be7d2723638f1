import { type AttributeTable, boolean, countOrOff, integer, type OffOr, percentageOrOff, word } from "./attribute.ts";
import type { Problem } from "./problem.ts";
import type { TargetGroupProtocol } from "./target-group-protocol.ts";

/**
 * The attributes of a target group that apply to a Network Load Balancer with TCP.
 * Source: AWS, "Edit target group attributes for your Network Load Balancer", and DescribeTargetGroupAttributes of a
 * bare group.
 */
export interface TargetGroupAttributes {
  /** `deregistration_delay.timeout_seconds`, 0–3600, default 300: how long a target stays `draining`. */
  readonly deregistrationDelaySeconds: number;
  /** `deregistration_delay.connection_termination.enabled`, default false: end what is left after the delay. */
  readonly terminateOnDeregistration: boolean;
  /** `load_balancing.cross_zone.enabled`: wins over the load balancer's own setting. */
  readonly crossZone: "true" | "false" | "use_load_balancer_configuration";
  /** `preserve_client_ip.enabled`, default true for instance targets and false for IP targets. New flows only. */
  readonly preserveClientIp: boolean;
  /** `proxy_protocol_v2.enabled`, default false. New flows only. */
  readonly proxyProtocolV2: boolean;
  /** `proxy_protocol_v2.client_to_server.header_placement`: with the client's first bytes, or before them. */
  readonly headerPlacement: "on_first_ack_with_payload" | "on_first_ack";
  /** `stickiness.enabled`, default false: a client address keeps its target while the eligible targets stay the same. */
  readonly stickiness: boolean;
  /** `stickiness.type`: a Network Load Balancer knows only `source_ip`. */
  readonly stickinessType: "source_ip";
  /** `target_group_health.dns_failover.minimum_healthy_targets.count`, default 1. */
  readonly dnsFailoverCount: OffOr;
  /** `target_group_health.dns_failover.minimum_healthy_targets.percentage`, default off. */
  readonly dnsFailoverPercentage: OffOr;
  /** `target_group_health.unhealthy_state_routing.minimum_healthy_targets.count`, default 1: below it, fail open. */
  readonly routingFailoverCount: OffOr;
  /** `target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage`, default off. */
  readonly routingFailoverPercentage: OffOr;
  /** `target_health_state.unhealthy.connection_termination.enabled`, default true. */
  readonly terminateOnUnhealthy: boolean;
  /** `target_health_state.unhealthy.draining_interval_seconds`, 0–360000, default 0. */
  readonly unhealthyDrainingSeconds: number;
}

/** What the defaults depend on. */
export interface TargetGroupContext {
  readonly targetType: "instance" | "ip";
  readonly protocol: TargetGroupProtocol;
}

/** Datagrams have no connection to speak for the client, so that its address must be kept. */
function carriesDatagrams({ protocol }: TargetGroupContext): boolean {
  return protocol !== "TCP" && protocol !== "TLS";
}

/** Groups whose flows end with the deregistration delay unless told otherwise. */
function endsWithDelay({ protocol }: TargetGroupContext): boolean {
  return protocol === "UDP" || protocol === "TCP_UDP";
}

export const targetGroupAttributeTable: AttributeTable<TargetGroupAttributes, TargetGroupContext> = {
  deregistrationDelaySeconds: integer("deregistration_delay.timeout_seconds", { min: 0, max: 3600, default: 300 }),
  terminateOnDeregistration: boolean("deregistration_delay.connection_termination.enabled", { default: endsWithDelay }),
  crossZone: word("load_balancing.cross_zone.enabled", ["use_load_balancer_configuration", "true", "false"], {
    default: "use_load_balancer_configuration",
  }),
  preserveClientIp: boolean("preserve_client_ip.enabled", {
    default: (group) => group.targetType === "instance" || carriesDatagrams(group),
  }),
  proxyProtocolV2: boolean("proxy_protocol_v2.enabled", { default: false }),
  headerPlacement: word(
    "proxy_protocol_v2.client_to_server.header_placement",
    ["on_first_ack_with_payload", "on_first_ack"],
    { default: "on_first_ack_with_payload" },
  ),
  stickiness: boolean("stickiness.enabled", { default: false }),
  stickinessType: word("stickiness.type", ["source_ip"], {
    default: "source_ip",
    error: (type) => `Stickiness type '${type}' is not supported for target groups with the TCP protocol`,
  }),
  dnsFailoverCount: countOrOff("target_group_health.dns_failover.minimum_healthy_targets.count", {
    default: 1,
  }),
  dnsFailoverPercentage: percentageOrOff("target_group_health.dns_failover.minimum_healthy_targets.percentage", {
    default: "off",
  }),
  routingFailoverCount: countOrOff("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", {
    default: 1,
  }),
  routingFailoverPercentage: percentageOrOff(
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
    { default: "off" },
  ),
  terminateOnUnhealthy: boolean("target_health_state.unhealthy.connection_termination.enabled", { default: true }),
  unhealthyDrainingSeconds: integer("target_health_state.unhealthy.draining_interval_seconds", {
    min: 0,
    max: 360_000,
    default: 0,
  }),
};

/** Rules between attributes, checked on the merged set as AWS does. */
export function checkTargetGroupAttributes(attributes: TargetGroupAttributes, group: TargetGroupContext): Problem[] {
  const problems: Problem[] = [];
  if (!attributes.preserveClientIp && carriesDatagrams(group)) {
    problems.push({
      path: [targetGroupAttributeTable.preserveClientIp.key],
      message: "preserve_client_ip.enabled cannot be false if the target group protocol is UDP or TCP_UDP.",
    });
  }
  if (attributes.stickiness && group.protocol === "TLS") {
    problems.push({
      path: [targetGroupAttributeTable.stickiness.key],
      message: "You cannot enable stickiness on target groups with the TLS protocol",
    });
  }
  if (attributes.terminateOnUnhealthy && attributes.unhealthyDrainingSeconds > 0) {
    problems.push({
      path: [targetGroupAttributeTable.unhealthyDrainingSeconds.key],
      message:
        "You cannot have both 'target_health_state.unhealthy.connection_termination.enabled' and " +
        "'target_health_state.unhealthy.draining_interval_seconds' enabled on a target group",
      hint: "set target_health_state.unhealthy.connection_termination.enabled to false",
    });
  }
  const below = (dns: OffOr, routing: OffOr): boolean => dns !== "off" && routing !== "off" && dns < routing;
  const thresholds = [
    ["dnsFailoverCount", "routingFailoverCount"],
    ["dnsFailoverPercentage", "routingFailoverPercentage"],
  ] as const;
  for (const [dns, routing] of thresholds) {
    if (below(attributes[dns], attributes[routing])) {
      problems.push({
        path: [targetGroupAttributeTable[routing].key],
        message: "DNS failover threshold must be greater than or equal to unhealthy state routing threshold",
        hint: `${targetGroupAttributeTable[dns].key} is ${attributes[dns]}`,
      });
    }
  }
  return problems;
}
