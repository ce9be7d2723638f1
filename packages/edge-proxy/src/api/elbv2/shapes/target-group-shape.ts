import { loadBalancerArn, targetGroupArn } from "../../../model/arn.ts";
import { type Model, userOf } from "../../../model/model.ts";
import type { TargetGroup } from "../../../model/target-group.ts";
import type { Shape } from "../xml.ts";

/** AWS's `TargetGroup`. */
export function targetGroupShape(group: TargetGroup, model: Model): Shape {
  const { healthCheck } = group;
  const user = userOf(group, model);
  return {
    TargetGroupArn: targetGroupArn(group),
    TargetGroupName: group.name,
    Protocol: group.protocol,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path ?? undefined,
    Matcher: healthCheck.matcher === null ? undefined : { HttpCode: healthCheck.matcher },
    LoadBalancerArns: user === undefined ? [] : [loadBalancerArn(user)],
    TargetType: group.targetType,
    IpAddressType: group.ipAddressType,
  };
}
