import { type AttributeTable, boolean, integer, text, word } from "./attribute.ts";

/** The attributes of a Network Load Balancer. Source: AWS, "Edit attributes for your Network Load Balancer". */
export interface LoadBalancerAttributes {
  /** `load_balancing.cross_zone.enabled`, default false: a node routes to targets of every zone. */
  readonly crossZone: boolean;
  readonly deletionProtection: boolean;
  readonly accessLogsEnabled: boolean;
  readonly accessLogsBucket: string;
  readonly accessLogsPrefix: string;
  readonly denyAllIgwTraffic: boolean;
  readonly clientRoutingPolicy:
    | "any_availability_zone"
    | "partial_availability_zone_affinity"
    | "availability_zone_affinity";
  readonly secondaryIps: number;
  readonly zonalShift: boolean;
}

/** What the defaults depend on. */
export interface LoadBalancerContext {
  readonly scheme: "internet-facing" | "internal";
}

const noLogs = "access logs are written for TLS listeners only";

export const loadBalancerAttributeTable: AttributeTable<LoadBalancerAttributes, LoadBalancerContext> = {
  crossZone: boolean("load_balancing.cross_zone.enabled", { default: false }),
  deletionProtection: boolean("deletion_protection.enabled", { default: false }),
  accessLogsEnabled: boolean("access_logs.s3.enabled", { default: false, noEffect: noLogs }),
  accessLogsBucket: text("access_logs.s3.bucket", { default: "", noEffect: noLogs }),
  accessLogsPrefix: text("access_logs.s3.prefix", { default: "", noEffect: noLogs }),
  denyAllIgwTraffic: boolean("ipv6.deny_all_igw_traffic", {
    default: ({ scheme }) => scheme === "internal",
    noEffect: "there is no internet gateway on one machine",
  }),
  clientRoutingPolicy: word(
    "dns_record.client_routing_policy",
    ["any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"],
    {
      default: "any_availability_zone",
      error: (value) => `'${value}' is not a valid value for 'dns_record.client_routing_policy'`,
      noEffect: "nothing tells in which zone a client on one machine is",
    },
  ),
  secondaryIps: integer("secondary_ips.auto_assigned.per_subnet", {
    min: 0,
    max: 7,
    default: 0,
    error: () => "Valid range for the number of secondary IP addresses is from '0-7'",
    noEffect: "a node has one address here",
  }),
  zonalShift: boolean("zonal_shift.config.enabled", { default: false, noEffect: "there is no zonal shift here" }),
};
