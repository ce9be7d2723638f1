import type { Identity, Tags } from "./identity.ts";
import type { ListenerAttributes } from "./listener-attributes.ts";
import type { LoadBalancerAttributes } from "./load-balancer-attributes.ts";

/** A Network Load Balancer: one node per zone, each with the same listeners. */
export interface LoadBalancer {
  readonly name: string;
  readonly identity: Identity;
  readonly network: LoadBalancerNetwork;
  readonly zones: readonly Zone[];
  readonly attributes: LoadBalancerAttributes;
  /** How client addresses are preserved, where a target group has `preserve_client_ip.enabled`. */
  readonly clientIp: ClientIp;
  readonly listeners: readonly Listener[];
  readonly vpcEndpoints: readonly VpcEndpoint[];
}

/** Where AWS would place it. On one machine only `ipAddressType` has an effect: whether nodes have an IPv6 address too. */
interface LoadBalancerNetwork {
  readonly scheme: "internet-facing" | "internal";
  readonly vpcId: string;
  readonly ipAddressType: "ipv4" | "dualstack";
  readonly securityGroups: readonly string[];
  /** Whether inbound rules of security groups hold for PrivateLink traffic: kept and answered, as there are no rules here. */
  readonly enforceInboundRulesOnPrivateLink: "on" | "off";
}

/** A way, or `auto` for the best that there is. An NLB has no such choice: it does not end its clients' connections. */
type ClientIp = "auto" | "loopback" | "transparent" | "off";

/** An availability zone and the address of the node in it. */
export interface Zone {
  readonly name: string;
  readonly subnetId: string;
  readonly address: string;
  /** A caller of the API has asked for the address, with `PrivateIPv4Address`. */
  readonly addressIsAskedFor?: true;
  /** The node's second address, where the load balancer is `dualstack`. */
  readonly ipv6Address?: string;
}

/** Where new flows go. */
export interface Forwarding {
  /** They are spread over these by weight. */
  readonly targetGroups: readonly WeightedTargetGroup[];
  /** `TargetGroupStickinessConfig`: an NLB wants it said where sticky groups are weighted. */
  readonly keepsGroup: boolean;
}

export interface Listener extends Forwarding {
  /** 16 hex digits, the last part of its ARN. */
  readonly id: string;
  readonly tags: Tags;
  readonly protocol: "TCP";
  /** 0 lets the kernel choose, for tests; AWS knows 1–65535. */
  readonly port: number;
  /** Before the listener's own groups comes the rule of the lowest priority whose condition holds. */
  readonly rules: readonly Rule[];
  readonly attributes: ListenerAttributes;
}

/** Sends the clients of one address family elsewhere. Source: AWS, "Listener rules for your Network Load Balancer". */
export interface Rule extends Forwarding {
  /** 16 hex digits, the last part of its ARN. */
  readonly id: string;
  readonly tags: Tags;
  /** 1–50000; the lowest comes first. */
  readonly priority: number;
  /** The condition: which address family a client's own address has. */
  readonly sourceFamily: 4 | 6;
}

export interface WeightedTargetGroup {
  readonly name: string;
  /** 0–999; a group with weight 0 gets no new flows. */
  readonly weight: number;
}

/** A PrivateLink interface endpoint: flows that enter here carry its id, and reach the listener with `listenerPort`. */
export interface VpcEndpoint {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly listenerPort: number;
  /** The zone of the node that it leads to. */
  readonly zone: string;
}

/** The names of all target groups that a listener may send flows to. */
export function groupNames({ targetGroups, rules }: Listener): string[] {
  const all = [...targetGroups, ...rules.flatMap((rule) => rule.targetGroups)];
  return [...new Set(all.map(({ name }) => name))];
}

/** The addresses of a node: one, or one of each family. */
export function nodeAddresses({ address, ipv6Address }: Zone): string[] {
  return ipv6Address === undefined ? [address] : [address, ipv6Address];
}
