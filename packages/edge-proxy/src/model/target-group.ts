import type { HealthCheck } from "./health-check.ts";
import { hostPort } from "./host-port.ts";
import type { Identity } from "./identity.ts";
import type { TargetGroupAttributes } from "./target-group-attributes.ts";
import type { TargetGroupProtocol } from "./target-group-protocol.ts";

/** Where flows can be sent. */
export interface TargetGroup {
  readonly name: string;
  readonly identity: Identity;
  readonly protocol: TargetGroupProtocol;
  /** The port of targets that name none. */
  readonly port: number;
  readonly targetType: "instance" | "ip";
  readonly vpcId: string;
  /** The family of its targets' addresses. */
  readonly ipAddressType: "ipv4" | "ipv6";
  readonly healthCheck: HealthCheck;
  readonly attributes: TargetGroupAttributes;
  readonly targets: readonly Target[];
}

/** One server. The same server may be registered several times, each time with another port. */
export interface Target {
  /** AWS's id: an instance id, or the address itself for IP targets. */
  readonly id: string;
  readonly address: string;
  readonly port: number;
  /** The zone that it is in; `all` is reachable from every zone. */
  readonly zone: string;
}

/**
 * What tells a target from the others of its group: `id:port`. The monitor of its health has the same, but comes with an HTTP
 * client, which would be half of the time that `edge-proxy check` takes.
 */
export function targetKey({ id, port }: Pick<Target, "id" | "port">): string {
  return hostPort(id, port);
}
