import { expect, test } from "vitest";
import { describeTargetHealth, type TargetHealth, type TargetState } from "../src/index.ts";

// AWS API reference, TargetHealth: reason codes and descriptions, character for character.
const rows: [TargetState, TargetHealth][] = [
  [
    { name: "initial", reason: "Elb.RegistrationInProgress" },
    {
      State: "initial",
      Reason: "Elb.RegistrationInProgress",
      Description: "Target registration is in progress",
    },
  ],
  [
    { name: "initial", reason: "Elb.InitialHealthChecking", failures: 0 },
    { State: "initial", Reason: "Elb.InitialHealthChecking", Description: "Initial health checks in progress" },
  ],
  [{ name: "healthy", failures: 1 }, { State: "healthy" }],
  [
    { name: "unhealthy", reason: "Target.FailedHealthChecks", successes: 0, failure: "timeout" },
    { State: "unhealthy", Reason: "Target.FailedHealthChecks", Description: "Health checks failed" },
  ],
  [
    {
      name: "unhealthy.draining",
      reason: "Target.FailedHealthChecks",
      sinceMs: 0,
      successes: 0,
      failure: "code-mismatch",
    },
    { State: "unhealthy.draining", Reason: "Target.FailedHealthChecks", Description: "Health checks failed" },
  ],
  [
    { name: "draining", reason: "Target.DeregistrationInProgress", sinceMs: 0, failed: true },
    {
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    },
  ],
  [
    { name: "unused", reason: "Target.NotRegistered" },
    {
      State: "unused",
      Reason: "Target.NotRegistered",
      Description: "Target is not registered to the target group",
    },
  ],
  [
    { name: "unused", reason: "Target.NotInUse", missing: "group" },
    {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    },
  ],
  [
    { name: "unused", reason: "Target.NotInUse", missing: "zone" },
    {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target is in an Availability Zone that is not enabled for the load balancer",
    },
  ],
  [
    { name: "unavailable", reason: "Target.HealthCheckDisabled" },
    {
      State: "unavailable",
      Reason: "Target.HealthCheckDisabled",
      Description: "Health checks are disabled for this target group",
    },
  ],
];

test.each(rows)("%o is described as AWS does", (state, health) => {
  expect(describeTargetHealth(state)).toStrictEqual(health);
});
