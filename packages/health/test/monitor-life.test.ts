import { describe, expect, test } from "vitest";
import type { ProbeResult } from "../src/monitor/index.ts";
import { failed, key, ok, scripted, target } from "./scripted-monitor.ts";

describe("a target's life", () => {
  test("registered, checked at once, healthy, down after the threshold, up again", () => {
    let answer: ProbeResult = ok;
    const { clock, monitor, effects, probes, name } = scripted(() => answer, {
      healthCheck: { intervalMs: 10_000, healthyThreshold: 3 },
    });
    expect(monitor.register(target)).toBe(key);
    expect(monitor.describe()[0]?.health).toEqual({
      State: "initial",
      Reason: "Elb.RegistrationInProgress",
      Description: "Target registration is in progress",
    });
    clock.advance(100);
    expect(name(key)).toBe("healthy");
    answer = failed;
    clock.advance(10_000);
    expect(name(key)).toBe("healthy");
    clock.advance(10_000);
    expect(name(key)).toBe("unhealthy");
    answer = ok;
    clock.advance(30_000);
    expect(name(key)).toBe("healthy");
    expect(effects, "no reset: with its one target down the group fails open").toEqual([
      `${key} admit`,
      `${key} refuse`,
      `${key} admit`,
    ]);
    const [first, ...rest] = probes.map(({ atMs }) => atMs);
    expect(rest.map((atMs) => atMs - (first ?? 0))).toEqual([10_000, 20_000, 30_000, 40_000, 50_000]);
  });

  test("deregistered: draining, then dropped and forgotten when the delay ends", () => {
    const { clock, monitor, effects, name } = scripted(() => ok, { attributes: { terminateOnDeregistration: true } });
    monitor.register(target);
    clock.advance(1_000);
    expect(monitor.deregister(key)).toBe(true);
    clock.advance(299_999);
    expect(name(key)).toBe("draining");
    clock.advance(1);
    expect(monitor.states().size).toBe(0);
    expect(effects).toEqual([`${key} admit`, `${key} refuse`, `${key} terminate deregistration`, `${key} drop`]);
    expect(clock.pending, "no timer is left").toBe(0);
    expect(monitor.deregister(key)).toBe(false);
    expect(monitor.state(key)).toEqual({ name: "unused", reason: "Target.NotRegistered" });
  });

  test("registered again while draining: checked at once, the delay is void", () => {
    const { clock, monitor, name } = scripted(() => ok, { healthCheck: { intervalMs: 300_000 } });
    monitor.register(target);
    clock.advance(1_000);
    monitor.deregister(key);
    clock.advance(1_000);
    monitor.register(target);
    clock.advance(1_000);
    expect(name(key)).toBe("healthy");
    clock.advance(400_000);
    expect(name(key)).toBe("healthy");
  });

  test("the draining interval of an unhealthy target ends on time", () => {
    let answer: ProbeResult = ok;
    const { clock, monitor, effects, name } = scripted(({ target }) => (target.port === 81 ? ok : answer), {
      healthCheck: { intervalMs: 10_000 },
      attributes: { connectionTerminationOnUnhealthy: false, drainingIntervalMs: 60_000 },
    });
    monitor.register(target);
    monitor.register({ ...target, port: 81 });
    clock.advance(5_000);
    answer = failed;
    clock.advance(20_000);
    const state = monitor.state(key);
    expect(state.name).toBe("unhealthy.draining");
    const endsAtMs = state.name === "unhealthy.draining" ? state.sinceMs + 60_000 : 0;
    clock.advance(endsAtMs - clock.now() - 1);
    expect(name(key)).toBe("unhealthy.draining");
    expect(effects).not.toContain(`${key} terminate draining-interval`);
    clock.advance(1);
    expect(name(key)).toBe("unhealthy");
    expect(effects).toContain(`${key} terminate draining-interval`);
  });

  test("unused while the group has no listener or the zone is not enabled, and not probed", () => {
    const { clock, monitor, probes, name } = scripted(() => ok, { inUse: false });
    const a = monitor.register({ ...target, zone: "a" });
    const b = monitor.register({ ...target, port: 81, zone: "b" });
    clock.advance(60_000);
    expect([name(a), name(b), probes.length]).toEqual(["unused", "unused", 0]);
    monitor.setZones(["a"]);
    monitor.setInUse(true);
    clock.advance(60_000);
    expect([name(a), name(b)]).toEqual(["healthy", "unused"]);
    expect(monitor.describe()[1]?.health.Description).toBe(
      "Target is in an Availability Zone that is not enabled for the load balancer",
    );
    monitor.setZones(undefined);
    clock.advance(60_000);
    expect([name(a), name(b)]).toEqual(["healthy", "healthy"]);
    monitor.setInUse(false);
    const before = probes.length;
    clock.advance(60_000);
    expect([name(a), name(b), probes.length - before]).toEqual(["unused", "unused", 0]);
  });

  test("with health checks disabled a target is unavailable, admitted and not probed", () => {
    const { clock, monitor, probes, effects } = scripted(() => failed, { healthCheck: { enabled: false } });
    monitor.register(target);
    clock.advance(60_000);
    expect(monitor.describe()[0]?.health.State).toBe("unavailable");
    expect([probes.length, effects]).toEqual([0, [`${key} admit`]]);
    monitor.updateSettings({ healthCheck: { enabled: true } });
    clock.advance(60_000);
    expect(monitor.describe()[0]?.health.State).toBe("unhealthy");
  });
});
