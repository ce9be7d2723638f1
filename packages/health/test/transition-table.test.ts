import { describe, expect, test } from "vitest";
import { admits, describeTargetHealth, effectsInFailOpen, evaluateGroup, isRoutable } from "../src/index.ts";
import { admit, cancel, draining, drop, healthyTarget, Life, refuse, terminate } from "./life.ts";

const unhealthyLife = (overrides = {}) => healthyTarget(overrides).fail(2);

describe("the transition table of an NLB target group", () => {
  test("row 1: registered while no listener uses the group, or in a zone that is not enabled, it is unused", () => {
    const group = new Life().on({ type: "register", use: "group-not-in-use" });
    expect(describeTargetHealth(group.state)).toEqual({
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    });
    const zone = new Life().on({ type: "register", use: "zone-not-enabled" });
    expect(describeTargetHealth(zone.state)).toEqual({
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target is in an Availability Zone that is not enabled for the load balancer",
    });
    expect([...group.effects, ...zone.effects]).toEqual([]);
    expect(group.ok(3).state.name, "and not checked").toBe("unused");
  });

  test("row 2: registered in a group in use it is initial: first registering, then checking", () => {
    const life = new Life().on({ type: "register" });
    expect(describeTargetHealth(life.state)).toMatchObject({ State: "initial", Reason: "Elb.RegistrationInProgress" });
    life.on({ type: "checking" });
    expect(describeTargetHealth(life.state)).toMatchObject({ State: "initial", Reason: "Elb.InitialHealthChecking" });
    expect(admits(life.state)).toBe(false);
    expect(isRoutable(life.state, true), "unless the group fails open").toBe(true);
    const used = new Life().on({ type: "register", use: "group-not-in-use" }, { type: "use", use: "in-use" });
    expect(used.state).toEqual({ name: "initial", reason: "Elb.RegistrationInProgress" });
  });

  test("row 3: the first success makes a new target healthy, whatever the threshold", () => {
    const life = new Life({ healthyThreshold: 10 }).on({ type: "register" }).ok();
    expect(life.state).toEqual({ name: "healthy", failures: 0 });
    expect(life.effects).toEqual([admit]);
    const late = new Life({ healthyThreshold: 10, unhealthyThreshold: 3 }).on({ type: "register" }).fail(2).ok();
    expect(late.state.name).toBe("healthy");
  });

  test("row 4: an initial target that fails the unhealthy threshold in a row is unhealthy", () => {
    const life = new Life({ unhealthyThreshold: 3 }).on({ type: "register" }).fail(2);
    expect(life.state).toEqual({ name: "initial", reason: "Elb.InitialHealthChecking", failures: 2 });
    expect(life.fail().state).toMatchObject({ name: "unhealthy", reason: "Target.FailedHealthChecks", successes: 0 });
    const drained = new Life(draining).on({ type: "register" }).fail(2);
    expect(drained.state.name, "there is nothing to drain").toBe("unhealthy");
    expect(drained.effects).toEqual([]);
  });

  test("row 5: healthy and fails, terminating: unhealthy, no new flows, established ones reset", () => {
    const life = healthyTarget({ unhealthyThreshold: 2 }).fail();
    expect(life.state).toEqual({ name: "healthy", failures: 1 });
    life.fail();
    expect(life.state.name).toBe("unhealthy");
    expect(life.effects).toEqual([refuse, terminate("unhealthy")]);
    expect(describeTargetHealth(life.state)).toEqual({
      State: "unhealthy",
      Reason: "Target.FailedHealthChecks",
      Description: "Health checks failed",
    });
  });

  test("row 6: healthy and fails, not terminating, no interval: unhealthy, established flows kept", () => {
    const life = unhealthyLife({ connectionTerminationOnUnhealthy: false });
    expect(life.state.name).toBe("unhealthy");
    expect(life.effects).toEqual([refuse]);
  });

  test("row 7: healthy and fails, not terminating, with an interval: unhealthy.draining, established flows kept", () => {
    const life = unhealthyLife(draining);
    expect(life.effects).toEqual([refuse]);
    expect(describeTargetHealth(life.state)).toEqual({
      State: "unhealthy.draining",
      Reason: "Target.FailedHealthChecks",
      Description: "Health checks failed",
    });
    expect(life.after(59_999).tick().state.name).toBe("unhealthy.draining");
    expect(life.effects).toEqual([]);
  });

  test("row 8: unhealthy.draining recovers after the healthy threshold: healthy, established flows kept", () => {
    const life = unhealthyLife({ ...draining, healthyThreshold: 3 }).ok(2);
    expect(life.state).toMatchObject({ name: "unhealthy.draining", successes: 2 });
    life.ok();
    expect(life.state).toEqual({ name: "healthy", failures: 0 });
    expect(life.effects).toEqual([admit, cancel]);
    expect(life.after(60_000).tick().effects, "the deadline is gone").toEqual([]);
  });

  test("row 9: the draining interval ends: unhealthy, established flows terminated", () => {
    const life = unhealthyLife(draining).after(60_000).tick();
    expect(life.state.name).toBe("unhealthy");
    expect(life.effects).toEqual([terminate("draining-interval")]);
  });

  test("row 9: successes counted while draining still count when the interval has ended", () => {
    const life = unhealthyLife({ ...draining, healthyThreshold: 3 })
      .ok(2)
      .after(60_000)
      .tick();
    expect(life.state).toMatchObject({ name: "unhealthy", successes: 2 });
    expect(life.ok().state.name).toBe("healthy");
  });

  test("row 10: unhealthy.draining and deregistered: draining, with the deregistration delay from now", () => {
    const life = unhealthyLife(draining).after(30_000).on({ type: "deregister" });
    expect(life.state).toEqual({
      name: "draining",
      reason: "Target.DeregistrationInProgress",
      sinceMs: 30_000,
      failed: true,
    });
    expect(life.effects).toEqual([cancel]);
    expect(life.after(30_000).fail(5).effects, "neither the old deadline nor more failures end a flow").toEqual([]);
    expect(life.after(270_000).tick().effects).toEqual([drop]);
  });

  test("row 11: unhealthy recovers after the healthy threshold", () => {
    const life = unhealthyLife({ healthyThreshold: 5 }).ok(4);
    expect(life.state).toMatchObject({ name: "unhealthy", successes: 4 });
    life.ok();
    expect(life.state.name).toBe("healthy");
    expect(life.effects).toEqual([admit]);
  });

  test.each([
    ["unused", new Life().on({ type: "register", use: "group-not-in-use" }), []],
    ["initial", new Life().on({ type: "register" }), []],
    ["healthy", healthyTarget(), [refuse]],
    ["unhealthy", unhealthyLife(), []],
    ["unhealthy.draining", unhealthyLife(draining), [cancel]],
    ["unavailable", new Life({ healthChecksEnabled: false }).on({ type: "register" }), [refuse]],
  ])("row 12: %s and deregistered: draining, established flows go on", (name, life, effects) => {
    expect(life.state.name).toBe(name);
    life.on({ type: "deregister" });
    expect(describeTargetHealth(life.state)).toEqual({
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    });
    expect(life.effects).toEqual(effects);
    expect(life.after(1).on({ type: "deregister" }).state, "a second time changes nothing").toMatchObject({
      sinceMs: 0,
    });
  });

  test("row 13: the delay ends, not terminating: gone, flows live on", () => {
    const life = healthyTarget().on({ type: "deregister" }).after(299_999).tick();
    expect(life.state.name).toBe("draining");
    life.after(1).tick();
    expect(life.effects).toEqual([drop]);
    expect(describeTargetHealth(life.state)).toEqual({
      State: "unused",
      Reason: "Target.NotRegistered",
      Description: "Target is not registered to the target group",
    });
  });

  test("row 14: the delay ends, terminating: flows closed, gone", () => {
    const life = healthyTarget({ terminateOnDeregistration: true }).on({ type: "deregister" }).after(300_000).tick();
    expect(life.effects).toEqual([terminate("deregistration"), drop]);
    expect(life.state.name).toBe("unused");
  });

  test("rows 13 and 14: without a delay the target is gone at once", () => {
    const kept = healthyTarget({ deregistrationDelayMs: 0 }).on({ type: "deregister" });
    expect(kept.effects).toEqual([refuse, drop]);
    const closed = healthyTarget({ deregistrationDelayMs: 0, terminateOnDeregistration: true });
    expect(closed.on({ type: "deregister" }).effects).toEqual([refuse, terminate("deregistration"), drop]);
  });

  test("row 15: a draining target that becomes unhealthy stays draining, its flows are closed once", () => {
    const life = healthyTarget().on({ type: "deregister" }).fail().ok().fail();
    expect(life.effects, "one failure is not yet unhealthy").toEqual([]);
    life.fail();
    expect(life.state.name).toBe("draining");
    expect(life.effects).toEqual([terminate("unhealthy-while-draining")]);
    expect(life.fail(5).effects).toEqual([]);
    expect(life.after(300_000).tick().effects).toEqual([drop]);
  });

  test("row 15: a group that does not terminate on unhealthy keeps them also here", () => {
    const life = healthyTarget(draining).on({ type: "deregister" }).fail(2);
    expect(life.state).toMatchObject({ name: "draining", failed: true });
    expect(life.effects).toEqual([]);
  });

  test("row 16: a draining target registered again is initial, established flows kept", () => {
    const life = healthyTarget().on({ type: "deregister" }).after(100_000).on({ type: "register" });
    expect(life.state).toEqual({ name: "initial", reason: "Elb.RegistrationInProgress" });
    expect(life.effects).toEqual([cancel]);
    expect(life.after(300_000).tick().effects, "the old delay is void").toEqual([]);
    expect(life.ok().state.name, "one success is enough again").toBe("healthy");
  });

  test("row 17: below the routing threshold all targets get flows, no state changes, and nobody is reset", () => {
    const states = [unhealthyLife().state, unhealthyLife(draining).state, new Life().on({ type: "register" }).state];
    const { failOpen } = evaluateGroup(states);
    expect(failOpen).toBe(true);
    expect(states.map((state) => isRoutable(state, failOpen))).toEqual([true, true, true]);
    expect(states.map((state) => state.name)).toEqual(["unhealthy", "unhealthy.draining", "initial"]);
    expect(effectsInFailOpen(unhealthyLife().effects)).toEqual([refuse]);
    expect(effectsInFailOpen(unhealthyLife(draining).after(60_000).tick().effects)).toEqual([]);
    const deregistered = healthyTarget({ terminateOnDeregistration: true, deregistrationDelayMs: 0 });
    expect(effectsInFailOpen(deregistered.on({ type: "deregister" }).effects)).toContainEqual(
      terminate("deregistration"),
    );
  });

  test("row 18: changed attributes change no state", () => {
    for (const life of [healthyTarget().fail(), unhealthyLife({ healthyThreshold: 3 }).ok(), unhealthyLife(draining)]) {
      const before = life.state;
      life.set({ unhealthyThreshold: 7, healthyThreshold: 9, deregistrationDelayMs: 5_000 });
      expect(life.state).toEqual(before);
      expect(life.effects).toEqual([]);
    }
  });
});
