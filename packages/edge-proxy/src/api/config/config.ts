/**
 * The shape of a config file and of `createEdgeProxy`'s argument. Names and ranges are AWS's; what may be left out has
 * AWS's default. An empty config is valid.
 */
export interface EdgeProxyConfig {
  /** The admin server: status page, metrics, API; default 127.0.0.1, port 9901. `false` switches it off. */
  readonly admin?: AdminConfig | false | undefined;
  /** Multiplies every configured duration, for test benches that cannot wait; above 0, at most 1, default 1. */
  readonly timeScale?: number | undefined;
  /** How much the proxy carries at most. */
  readonly limits?: LimitsConfig | undefined;
  /** One JSON line for each flow that ends; default false: none. */
  readonly flowLog?: FlowLogConfig | false | undefined;
  /** The region in ARNs and DNS names; default `us-east-1`. */
  readonly region?: string | undefined;
  /** A DNS server for the names of the load balancers; default false: none. */
  readonly dns?: DnsConfig | false | undefined;
  /** A file that keeps over restarts what was created through the ELBv2 API; default none: it is forgotten. */
  readonly stateFile?: string | undefined;
  /** The addresses of instances that are registered by id: instance id → address. */
  readonly instances?: { readonly [id: string]: string } | undefined;
  /** What a subnet id stands for in the ELBv2 API. A subnet that is not listed gets the next free zone, and each node its own address. */
  readonly subnets?: readonly SubnetConfig[] | undefined;
  /** Load balancers; each has a node in every zone, and listeners. */
  readonly loadBalancers?: readonly LoadBalancerConfig[] | undefined;
  /** Groups of targets, the servers that flows go to. */
  readonly targetGroups?: readonly TargetGroupConfig[] | undefined;
}

export interface AdminConfig {
  /** Default 127.0.0.1. An address that is not loopback needs a token. */
  readonly address?: string | undefined;
  /** Default 9901; 0 lets the kernel choose. */
  readonly port?: number | undefined;
  /** Every caller has to give it: 16 to 128 letters, digits, `_` or `-`; default none. docs/admin.md says how. */
  readonly token?: string | undefined;
}

export interface DnsConfig {
  /** Default 127.0.0.1. */
  readonly address?: string | undefined;
  /** For UDP and TCP; default 10053, 0 lets the kernel choose. */
  readonly port?: number | undefined;
}

export interface SubnetConfig {
  /** `subnet-…` */
  readonly id: string;
  /** The zone that it is in. */
  readonly zone: string;
  /** The address of the nodes in it. All load balancers share it, so each port can be used once. */
  readonly address: string;
  /** The second address of dualstack load balancers' nodes in it. */
  readonly ipv6Address?: string | undefined;
}

export interface FlowLogConfig {
  /** Lines are added to this file; default standard output. */
  readonly file?: string | undefined;
}

export interface LimitsConfig {
  /** Flows at one time; default what the file descriptors allow. More clients are refused with a RST. */
  readonly maxFlows?: number | undefined;
  /** Flows of one client address at one time; default no limit. More are refused with a RST. */
  readonly maxFlowsPerSource?: number | undefined;
  /**
   * Flows from one node's address to one target (address and port), without client IP preservation; 1–55,000, default 55,000
   * as on AWS. More are refused with a RST, and counted as port allocation errors.
   */
  readonly flowsPerTarget?: number | undefined;
  /** How long a target may take to accept a flow, in seconds; default 5. Not scaled. */
  readonly connectTimeoutSeconds?: number | undefined;
}

export interface LoadBalancerConfig {
  /** 1–32 alphanumeric characters and hyphens. */
  readonly name: string;
  /** One node per zone; default one zone `local-1a` on 127.0.0.1. */
  readonly zones?: readonly ZoneConfig[] | undefined;
  /** Default `internet-facing`. Stored and returned by the API; nothing here depends on it. */
  readonly scheme?: "internet-facing" | "internal" | undefined;
  /** Stored and returned by the API, as on AWS. */
  readonly tags?: { readonly [key: string]: string } | undefined;
  /** AWS's load balancer attributes, e.g. `load_balancing.cross_zone.enabled`. */
  readonly attributes?: AttributesConfig | undefined;
  /**
   * How target groups with `preserve_client_ip.enabled` show client addresses to their targets; default `auto`.
   * - `transparent`: address and port of every client; needs Linux, CAP_NET_ADMIN, the package koffi, and the routes that
   *   `edge-proxy routes` prints
   * - `loopback`: the address of clients inside 127.0.0.0/8; others show the node's
   * - `off`: all show the node's
   * - `auto`: the first of these that can be done
   */
  readonly clientIp?: "auto" | "loopback" | "transparent" | "off" | undefined;
  /** Ports where clients connect, on every node. */
  readonly listeners?: readonly ListenerConfig[] | undefined;
  /** PrivateLink endpoints: flows that enter here carry the endpoint's id in the PROXY header. */
  readonly vpcEndpoints?: readonly VpcEndpointConfig[] | undefined;
}

export interface ZoneConfig {
  /** Such as `local-1a`. */
  readonly name: string;
  /** The node's address. */
  readonly address: string;
  /** The node's second address: the load balancer is `dualstack` then. On AWS, a target group of IPv6 targets needs one. */
  readonly ipv6Address?: string | undefined;
}

export interface ListenerConfig {
  /** Default, and only, TCP. */
  readonly protocol?: "TCP" | undefined;
  /** 1–65535; 0 lets the kernel choose. */
  readonly port: number;
  /** The group that new flows go to … */
  readonly targetGroup?: string | undefined;
  /** … or up to five, by weight 0–999. */
  readonly targetGroups?: readonly WeightedGroupConfig[] | undefined;
  /** AWS's listener attributes: `tcp.idle_timeout.seconds`. */
  readonly attributes?: AttributesConfig | undefined;
}

export interface WeightedGroupConfig {
  /** The target group's name. */
  readonly name: string;
  /** 0–999; its share of new flows. A group with 0 gets none. */
  readonly weight: number;
}

export interface VpcEndpointConfig {
  /** `vpce-` and 8 or 17 hex digits. */
  readonly id: string;
  /** Where the endpoint listens; default the address of its zone's node. */
  readonly address?: string | undefined;
  /** 1–65535; 0 lets the kernel choose. */
  readonly port: number;
  /** The listener that its flows reach; may be left out where there is only one. */
  readonly listenerPort?: number | undefined;
  /** The zone of the node that it leads to; default the first. */
  readonly zone?: string | undefined;
}

export interface TargetGroupConfig {
  /** 1–32 alphanumeric characters and hyphens. */
  readonly name: string;
  /** Default, and only, TCP. */
  readonly protocol?: "TCP" | undefined;
  /** The port of targets that have none of their own. */
  readonly port: number;
  /** Default `ip`. `instance` changes the default of `preserve_client_ip.enabled` to true. */
  readonly targetType?: "ip" | "instance" | undefined;
  /** Stored and returned by the API, as on AWS. */
  readonly tags?: { readonly [key: string]: string } | undefined;
  /** How its targets are checked; default TCP to the traffic port. */
  readonly healthCheck?: HealthCheckConfig | undefined;
  /** AWS's target group attributes, as for the AWS CLI or Terraform. */
  readonly attributes?: AttributesConfig | undefined;
  /** The servers. One may be listed several times, each time with another port. */
  readonly targets?: readonly TargetConfig[] | undefined;
}

export interface HealthCheckConfig {
  /** Default TCP: whether the target accepts a connection. HTTP and HTTPS request `path` and look at the status code. */
  readonly protocol?: "TCP" | "HTTP" | "HTTPS" | undefined;
  /** 1–65535, or `traffic-port` (default): the port that the target is registered with. */
  readonly port?: number | "traffic-port" | undefined;
  /** Default `/`; HTTP and HTTPS only. */
  readonly path?: string | undefined;
  /** 5–300, default 30. */
  readonly intervalSeconds?: number | undefined;
  /** 2–120, default 6 for HTTP and 10 for TCP and HTTPS. */
  readonly timeoutSeconds?: number | undefined;
  /** 2–10, default 5. */
  readonly healthyThreshold?: number | undefined;
  /** 2–10, default 2. */
  readonly unhealthyThreshold?: number | undefined;
  /** Status codes from 200 to 599, e.g. `200-399` (default) or `200,202`; HTTP and HTTPS only. */
  readonly matcher?: string | undefined;
}

export interface TargetConfig {
  /** The address of an IP target, or an instance id (`i-…`) together with `address`. */
  readonly id: string;
  /** The address of an instance target. */
  readonly address?: string | undefined;
  /** Default the group's port. */
  readonly port?: number | undefined;
  /** A zone of the load balancer, or `all` (default): reachable from every zone. */
  readonly zone?: string | undefined;
}

/** AWS's keys; values may be written as booleans and numbers too. */
export type AttributesConfig = { readonly [key: string]: string | number | boolean };
