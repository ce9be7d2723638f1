import type { ListenerAttributes } from "./listener-attributes.ts";
import type { LoadBalancerAttributes } from "./load-balancer-attributes.ts";

/** A Network Load Balancer: one node per zone, each with the same listeners. */
export interface LoadBalancer {
  readonly name: string;
  readonly zones: readonly Zone[];
  readonly attributes: LoadBalancerAttributes;
  /** How client addresses are preserved, where a target group has `preserve_client_ip.enabled`. */
  readonly clientIp: ClientIp;
  readonly listeners: readonly Listener[];
  readonly vpcEndpoints: readonly VpcEndpoint[];
}

/** A way, or `auto` for the best that there is. An NLB has no such choice: it does not end its clients' connections. */
type ClientIp = "auto" | "loopback" | "transparent" | "off";

/** An availability zone and the address of the node in it. */
export interface Zone {
  readonly name: string;
  readonly address: string;
}

export interface Listener {
  readonly protocol: "TCP";
  /** 0 lets the kernel choose, for tests; AWS knows 1–65535. */
  readonly port: number;
  /** New flows are spread over these by weight. */
  readonly targetGroups: readonly WeightedTargetGroup[];
  readonly attributes: ListenerAttributes;
}

interface WeightedTargetGroup {
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
