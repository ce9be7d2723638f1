import type { TargetState, TargetStateName } from "./state.ts";

/** AWS's `TargetHealth`, with its capital letters. A healthy target has neither reason nor description. */
export interface TargetHealth {
  readonly State: TargetStateName;
  readonly Reason?: string;
  readonly Description?: string;
}

/** What DescribeTargetHealth answers for a target in this state. Source: API reference, `TargetHealth`. */
export function describeTargetHealth(state: TargetState): TargetHealth {
  if (state.name === "healthy") return { State: "healthy" };
  return { State: state.name, Reason: state.reason, Description: description(state) };
}

function description(state: Exclude<TargetState, { name: "healthy" }>): string {
  switch (state.reason) {
    case "Elb.RegistrationInProgress":
      return "Target registration is in progress";
    case "Elb.InitialHealthChecking":
      return "Initial health checks in progress";
    case "Target.FailedHealthChecks":
      return "Health checks failed";
    case "Target.DeregistrationInProgress":
      return "Target deregistration is in progress";
    case "Target.NotRegistered":
      return "Target is not registered to the target group";
    case "Target.NotInUse":
      return state.missing === "group"
        ? "Target group is not configured to receive traffic from the load balancer"
        : "Target is in an Availability Zone that is not enabled for the load balancer";
    case "Target.HealthCheckDisabled":
      return "Health checks are disabled for this target group";
  }
}
