import type { TargetHealth } from "@edgekit/health";
import type { HealthMonitor, TargetDescription } from "@edgekit/health/monitor";
import type { TargetGroup } from "../model/target-group.ts";

/** One row of what AWS's DescribeTargetHealth answers. */
export interface TargetHealthDescription {
  readonly Target: { readonly Id: string; readonly Port: number; readonly AvailabilityZone?: string };
  readonly HealthCheckPort: string;
  readonly TargetHealth: TargetHealth;
}

export function describeTargetHealth(group: TargetGroup, monitor: HealthMonitor): TargetHealthDescription[] {
  return monitor.describe().map((description) => describeTarget(group, description));
}

export function describeTarget(
  { healthCheck }: TargetGroup,
  { target, health }: Pick<TargetDescription, "target" | "health">,
): TargetHealthDescription {
  return {
    Target: {
      Id: target.id,
      Port: target.port,
      ...(target.zone === undefined ? {} : { AvailabilityZone: target.zone }),
    },
    HealthCheckPort: String(healthCheck.port === "traffic-port" ? target.port : healthCheck.port),
    TargetHealth: health,
  };
}
