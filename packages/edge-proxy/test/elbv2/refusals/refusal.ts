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
