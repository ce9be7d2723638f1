import type { LoadBalancer } from "./load-balancer.ts";
import type { TargetGroup } from "./target-group.ts";

/** Everything that the stand-in is told to be. Plain data: every way in makes one of these, after the same checks. */
export interface Model {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
}
