import { describe, expect, test } from "vitest";
import {
  defaultThresholds,
  evaluateGroup,
  evaluateZones,
  type GroupMember,
  type GroupThresholds,
  isRoutable,
  type TargetState,
  zonesInDns,
} from "../src/index.ts";

const healthy: TargetState = { name: "healthy", failures: 0 };
const unhealthy: TargetState = {
  name: "unhealthy",
  reason: "Target.FailedHealthChecks",
  successes: 0,
  failure: "failed",
};
const initial: TargetState = { name: "initial", reason: "Elb.RegistrationInProgress" };
const deregistered: TargetState = {
  name: "draining",
  reason: "Target.DeregistrationInProgress",
  sinceMs: 0,
  failed: false,
  failures: 0,
};
const unused: TargetState = { name: "unused", reason: "Target.NotInUse", missing: "zone" };
const unavailable: TargetState = { name: "unavailable", reason: "Target.HealthCheckDisabled" };

const off = { count: "off", percentage: "off" } as const;
const thresholds = (overrides: Partial<GroupThresholds>): GroupThresholds => ({ ...defaultThresholds, ...overrides });
const many = (state: TargetState, count: number): TargetState[] => Array.from({ length: count }, () => state);
const inZone = (zone: string, states: readonly TargetState[]): GroupMember[] =>
  states.map((state) => ({ zone, state }));

describe("the worked example of AWS: zones A and B with ten targets each, 50 %, six fail in B", () => {
  const half = { count: "off", percentage: 50 } as const;
  const limits: GroupThresholds = { unhealthyStateRouting: half, dnsFailover: half };
  const zones = ["A", "B"];
  const members = [...inZone("A", many(healthy, 10)), ...inZone("B", [...many(unhealthy, 6), ...many(healthy, 4)])];

  test("cross-zone off: B leaves DNS, flows that come to B go to all ten of B, A is unaffected", () => {
    const verdicts = evaluateZones(members, limits, { zones, crossZone: false });
    expect(verdicts.get("A")).toEqual({ healthyCount: 10, registeredCount: 10, failOpen: false, dnsHealthy: true });
    expect(verdicts.get("B")).toEqual({ healthyCount: 4, registeredCount: 10, failOpen: true, dnsHealthy: false });
    expect(zonesInDns(zones, [verdicts])).toEqual(["A"]);
    expect(members.filter(({ zone, state }) => zone === "B" && isRoutable(state, true))).toHaveLength(10);
  });

  test("cross-zone on: 14 of 20 are healthy, so nothing happens and traffic goes to the 14", () => {
    const verdicts = evaluateZones(members, limits, { zones, crossZone: true });
    for (const zone of zones) {
      expect(verdicts.get(zone)).toEqual({ healthyCount: 14, registeredCount: 20, failOpen: false, dnsHealthy: true });
    }
    expect(zonesInDns(zones, [verdicts])).toEqual(zones);
    expect(members.filter(({ state }) => isRoutable(state, false))).toHaveLength(14);
  });
});

describe("thresholds", () => {
  test("H6: by default a group fails open with no healthy target, and stops with the first", () => {
    expect(evaluateGroup(many(unhealthy, 3))).toMatchObject({ failOpen: true, dnsHealthy: false });
    expect(evaluateGroup([healthy, unhealthy, unhealthy])).toMatchObject({ failOpen: false, dnsHealthy: true });
  });

  test("a count is the least that must be healthy", () => {
    const limits = thresholds({ unhealthyStateRouting: { count: 3, percentage: "off" } });
    expect(evaluateGroup([...many(healthy, 3), unhealthy], limits).failOpen).toBe(false);
    expect(evaluateGroup([...many(healthy, 2), unhealthy], limits).failOpen).toBe(true);
  });

  test.each([
    [50, 2, 4, false],
    [51, 2, 4, true],
    [33, 1, 3, false],
    [34, 1, 3, true],
    [100, 9, 10, true],
    [100, 10, 10, false],
    [1, 1, 100, false],
  ])("%d %% with %d healthy of %d: fail open is %s", (percentage, healthyCount, total, failOpen) => {
    const limits = thresholds({ unhealthyStateRouting: { count: "off", percentage } });
    const states = [...many(healthy, healthyCount), ...many(unhealthy, total - healthyCount)];
    expect(evaluateGroup(states, limits).failOpen).toBe(failOpen);
  });

  test("either one is enough", () => {
    const states = [...many(healthy, 2), ...many(unhealthy, 8)];
    expect(evaluateGroup(states, thresholds({ dnsFailover: { count: 2, percentage: 50 } })).dnsHealthy).toBe(false);
    expect(evaluateGroup(states, thresholds({ dnsFailover: { count: 3, percentage: 20 } })).dnsHealthy).toBe(false);
    expect(evaluateGroup(states, thresholds({ dnsFailover: { count: 2, percentage: 20 } })).dnsHealthy).toBe(true);
  });

  test("off never acts", () => {
    const limits: GroupThresholds = { unhealthyStateRouting: off, dnsFailover: off };
    expect(evaluateGroup(many(unhealthy, 3), limits)).toMatchObject({ failOpen: false, dnsHealthy: true });
    expect(evaluateGroup([], limits)).toMatchObject({ failOpen: false, dnsHealthy: true });
  });

  test("an empty group fails open and has nothing to route to; its share of healthy targets is zero", () => {
    expect(evaluateGroup([])).toEqual({ healthyCount: 0, registeredCount: 0, failOpen: true, dnsHealthy: false });
    const percent = { count: "off", percentage: 1 } as const;
    expect(evaluateGroup([], { unhealthyStateRouting: percent, dnsFailover: percent })).toMatchObject({
      failOpen: true,
      dnsHealthy: false,
    });
  });

  test("draining and unused targets do not count, initial ones count as not healthy, unavailable ones as healthy", () => {
    expect(evaluateGroup([healthy, initial, unavailable, deregistered, unused])).toMatchObject({
      healthyCount: 2,
      registeredCount: 3,
    });
    expect([initial, unavailable, deregistered, unused].map((state) => isRoutable(state, true))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    { count: 0, percentage: "off" },
    { count: Number.NaN, percentage: "off" },
    { count: 1, percentage: 0 },
    { count: 1, percentage: 101 },
    { count: 1, percentage: 12.5 },
  ] as const)("%o is refused", (minimum) => {
    expect(() => evaluateGroup([], thresholds({ dnsFailover: minimum }))).toThrow(
      expect.objectContaining({ code: "HEALTH_INVALID_THRESHOLD" }),
    );
  });
});

describe("zones", () => {
  test("a zone without targets is unhealthy while cross-zone is off, and served by the others while it is on", () => {
    const members = inZone("a", [healthy]);
    const zones = ["a", "b"];
    const apart = evaluateZones(members, defaultThresholds, { zones, crossZone: false });
    expect(zonesInDns(zones, [apart])).toEqual(["a"]);
    const together = evaluateZones(members, defaultThresholds, { zones, crossZone: true });
    expect(zonesInDns(zones, [together])).toEqual(["a", "b"]);
  });

  test("one unhealthy group takes the zone out although another is healthy there", () => {
    const zones = ["a", "b"];
    const scope = { zones, crossZone: false };
    const good = evaluateZones([...inZone("a", [healthy]), ...inZone("b", [healthy])], defaultThresholds, scope);
    const bad = evaluateZones([...inZone("a", [healthy]), ...inZone("b", [unhealthy])], defaultThresholds, scope);
    expect(zonesInDns(zones, [good, bad])).toEqual(["a"]);
  });

  test("when every zone is unhealthy, all are in DNS", () => {
    const zones = ["a", "b"];
    const verdicts = evaluateZones(inZone("a", [unhealthy]), defaultThresholds, { zones, crossZone: false });
    expect(zonesInDns(zones, [verdicts])).toEqual(zones);
  });

  test("a target of all zones serves each, and one in a zone that is not enabled none", () => {
    const members = [...inZone("all", [healthy]), ...inZone("c", [unused])];
    const verdicts = evaluateZones(members, defaultThresholds, { zones: ["a", "b"], crossZone: false });
    expect([...verdicts.values()].map(({ healthyCount }) => healthyCount)).toEqual([1, 1]);
  });
});
