import { describe, expect, test } from "vitest";
import {
  defaultSettings,
  HealthError,
  type HealthEvent,
  healthSettings,
  initialState,
  isChecked,
  nextDeadline,
  step,
} from "../src/index.ts";
import { admit, cancel, draining, drop, healthyTarget, Life, refuse, terminate } from "./life.ts";

describe("counting", () => {
  test("H2: a success one failure before the threshold starts the count anew", () => {
    const life = healthyTarget({ unhealthyThreshold: 3 });
    for (let i = 0; i < 10; i++) life.fail(2).ok();
    expect(life.state).toEqual({ name: "healthy", failures: 0 });
    expect(life.fail(3).state.name).toBe("unhealthy");
    for (let i = 0; i < 10; i++) life.ok(4).fail();
    expect(life.state).toMatchObject({ name: "unhealthy", successes: 0 });
  });

  test("an inconclusive probe changes no count", () => {
    const life = healthyTarget().fail().on({ type: "probe-inconclusive" });
    expect(life.state).toEqual({ name: "healthy", failures: 1 });
    expect(life.fail().state.name).toBe("unhealthy");
    expect(life.ok(4).on({ type: "probe-inconclusive" }).ok().state.name).toBe("healthy");
  });

  test("an unhealthy target remembers what its last failed check saw", () => {
    const life = healthyTarget().fail().on({ type: "probe-failed", failure: "code-mismatch" });
    expect(life.state).toMatchObject({ name: "unhealthy", failure: "code-mismatch" });
    expect(life.fail().state).toMatchObject({ failure: "timeout" });
  });

  test("a lower threshold acts on the next result and keeps the count", () => {
    const life = healthyTarget({ unhealthyThreshold: 10 }).fail(5).set({ unhealthyThreshold: 3 });
    expect(life.state).toEqual({ name: "healthy", failures: 5 });
    expect(life.fail().state.name).toBe("unhealthy");
  });
});

describe("passive failures", () => {
  const passive: HealthEvent = { type: "passive-failure" };

  test("count as failures of a healthy target, together with its checks", () => {
    const life = healthyTarget().fail().on(passive);
    expect(life.state).toMatchObject({ name: "unhealthy", failure: "failed" });
    expect(life.effects).toEqual([refuse, terminate("unhealthy")]);
  });

  test("never count while switched off", () => {
    const life = healthyTarget({ passiveChecksEnabled: false }).on(passive, passive, passive);
    expect(life.state).toEqual({ name: "healthy", failures: 0 });
  });

  test("neither condemn an initial target nor hold back an unhealthy one", () => {
    expect(new Life().on({ type: "register" }, passive, passive).state.name).toBe("initial");
    expect(healthyTarget().fail(2).ok(4).on(passive).ok().state.name).toBe("healthy");
    expect(healthyTarget().on({ type: "deregister" }, passive, passive).effects).toEqual([refuse]);
  });
});

describe("use", () => {
  test.each([
    ["initial", new Life().on({ type: "register" }), []],
    ["healthy", healthyTarget(), [refuse]],
    ["unhealthy", healthyTarget().fail(2), []],
    ["unhealthy.draining", healthyTarget(draining).fail(2), [cancel]],
    ["unavailable", new Life({ healthChecksEnabled: false }).on({ type: "register" }), [refuse]],
  ])("%s in a group that leaves its last listener: unused, and checked anew when it returns", (name, life, effects) => {
    expect(life.state.name).toBe(name);
    life.on({ type: "use", use: "group-not-in-use" });
    expect(life.state).toEqual({ name: "unused", reason: "Target.NotInUse", missing: "group" });
    expect(life.effects).toEqual(effects);
    life.on({ type: "use", use: "zone-not-enabled" });
    expect(life.state).toMatchObject({ missing: "zone" });
    life.on({ type: "use", use: "in-use" });
    expect(life.state.name).toBe(name === "unavailable" ? "unavailable" : "initial");
  });

  test("does not concern a target that is draining or not registered", () => {
    const life = healthyTarget().on({ type: "deregister" }, { type: "use", use: "group-not-in-use" });
    expect(life.state.name).toBe("draining");
    expect(life.on({ type: "register", use: "group-not-in-use" }).state.name).toBe("unused");
    expect(new Life().on({ type: "use", use: "in-use" }).state).toEqual(initialState());
  });

  test("registering a registered target again changes nothing", () => {
    const life = healthyTarget().fail().on({ type: "register" });
    expect(life.state).toEqual({ name: "healthy", failures: 1 });
  });
});

describe("health checks disabled", () => {
  test("every target in use is unavailable and admitted, and is checked anew when they are enabled", () => {
    const life = healthyTarget(draining).fail(2).set({ healthChecksEnabled: false });
    expect(life.state).toEqual({ name: "unavailable", reason: "Target.HealthCheckDisabled" });
    expect(life.effects).toEqual([admit, cancel]);
    expect(life.after(60_000).fail(9).effects).toEqual([]);
    life.set({ healthChecksEnabled: true });
    expect(life.state).toEqual({ name: "initial", reason: "Elb.RegistrationInProgress" });
    expect(life.effects).toEqual([refuse]);
  });

  test("a healthy target stays admitted without an interruption", () => {
    expect(healthyTarget().set({ healthChecksEnabled: false }).effects).toEqual([]);
  });
});

describe("time", () => {
  test("a deadline that has passed is applied before the event, so a late step is as good as a punctual one", () => {
    const life = healthyTarget({ ...draining, healthyThreshold: 1 })
      .fail(2)
      .after(90_000)
      .ok();
    expect(life.effects).toEqual([terminate("draining-interval"), admit]);
    const gone = healthyTarget().on({ type: "deregister" }).after(400_000).on({ type: "register" });
    expect(gone.effects).toEqual([drop]);
    expect(gone.state.name).toBe("initial");
  });

  test("nextDeadline moves with the settings, and a shortened interval applies at once", () => {
    const life = healthyTarget(draining).after(1_000).fail(2);
    expect(nextDeadline(life.state, life.settings)).toBe(61_000);
    life.set({ drainingIntervalMs: 360_000_000 });
    expect(nextDeadline(life.state, life.settings)).toBe(360_001_000);
    expect(life.after(10_000).set({ drainingIntervalMs: 5_000 }).effects).toEqual([terminate("draining-interval")]);
    expect(nextDeadline(life.state, life.settings)).toBeUndefined();
  });

  test("a group that turns to terminating ends a running draining interval", () => {
    const life = healthyTarget(draining).fail(2).set({ connectionTerminationOnUnhealthy: true });
    expect(life.state.name).toBe("unhealthy");
    expect(life.effects).toEqual([terminate("draining-interval")]);
  });

  test("a changed deregistration delay moves the deadline of a target that is draining", () => {
    const life = healthyTarget().on({ type: "deregister" }).after(10_000).set({ deregistrationDelayMs: 3_600_000 });
    expect(nextDeadline(life.state, life.settings)).toBe(3_600_000);
    expect(life.set({ deregistrationDelayMs: 10_000 }).effects).toEqual([drop]);
  });

  test("H13: a clock that goes back ends nothing early", () => {
    const life = healthyTarget(draining).after(3_600_000).fail(2).after(-3_600_000).tick();
    expect(life.state.name).toBe("unhealthy.draining");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("H13: %d is not a time", (nowMs) => {
    expect(() => step(initialState(), { type: "tick" }, nowMs, defaultSettings)).toThrow(
      expect.objectContaining({ code: "HEALTH_INVALID_TIME" }),
    );
  });
});

describe("what does not fit changes nothing", () => {
  const events: HealthEvent[] = [
    { type: "tick" },
    { type: "checking" },
    { type: "probe-ok" },
    { type: "probe-failed", failure: "failed" },
    { type: "probe-inconclusive" },
    { type: "passive-failure" },
    { type: "deregister" },
    { type: "settings-changed" },
  ];

  test.each(events)("$type before registration", (event) => {
    expect(step(initialState(), event, 0, defaultSettings)).toEqual({ state: initialState(), effects: [] });
  });

  test("a target that nobody checks is not checked", () => {
    expect(isChecked(initialState(), defaultSettings)).toBe(false);
    const life = healthyTarget().on({ type: "deregister" });
    expect(isChecked(life.state, defaultSettings)).toBe(true);
    const unchecked = healthSettings({ healthChecksEnabled: false });
    expect(isChecked(life.state, unchecked)).toBe(false);
    expect(step(life.state, { type: "probe-failed", failure: "failed" }, 0, unchecked).state).toEqual(life.state);
    expect(isChecked(life.fail(2).state, defaultSettings)).toBe(false);
  });
});

describe("settings", () => {
  test.each([
    { healthyThreshold: 0 },
    { healthyThreshold: 2.5 },
    { unhealthyThreshold: Number.NaN },
    { drainingIntervalMs: -1 },
    { drainingIntervalMs: Number.NaN },
    { deregistrationDelayMs: Number.POSITIVE_INFINITY },
  ])("%o is refused, by healthSettings and by step", (overrides) => {
    const refused = expect.objectContaining({ code: "HEALTH_INVALID_SETTING", name: "HealthError" });
    expect(() => healthSettings(overrides)).toThrow(refused);
    expect(() => step(initialState(), { type: "tick" }, 0, { ...defaultSettings, ...overrides })).toThrow(refused);
    expect(() => healthSettings(overrides)).toThrow(HealthError);
  });

  test("the defaults are AWS's", () => {
    expect(defaultSettings).toEqual({
      healthyThreshold: 5,
      unhealthyThreshold: 2,
      connectionTerminationOnUnhealthy: true,
      drainingIntervalMs: 0,
      deregistrationDelayMs: 300_000,
      terminateOnDeregistration: false,
      healthChecksEnabled: true,
      passiveChecksEnabled: true,
    });
  });
});
