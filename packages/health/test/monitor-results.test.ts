import { describe, expect, test } from "vitest";
import type { ProbeFunction } from "../src/monitor/index.ts";
import { failed, key, ok, scripted, silent, target } from "./scripted-monitor.ts";

describe("results", () => {
  test("a silent target times out, and its probe is aborted", async () => {
    const signals: AbortSignal[] = [];
    const { clock, monitor } = scripted(
      (request) => {
        signals.push(request.signal);
        return silent(request);
      },
      { healthCheck: { intervalMs: 30_000, timeoutMs: 6_000 } },
    );
    monitor.register(target);
    await clock.advanceAsync(5_900);
    expect(monitor.statistics().failed).toBe(0);
    await clock.advanceAsync(150);
    expect(monitor.describe()[0]?.lastProbe).toEqual({
      outcome: "failed",
      failure: "timeout",
      detail: "no answer within 6000 ms",
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await monitor.close();
  });

  test("a timeout as long as the interval is one failure per probe", async () => {
    const { clock, monitor, probes } = scripted(silent, {
      healthCheck: { intervalMs: 10_000, timeoutMs: 10_000, unhealthyThreshold: 100 },
    });
    monitor.register(target);
    await clock.advanceAsync(95_000);
    expect([probes.length, monitor.statistics().failed]).toEqual([10, 9]);
    await monitor.close();
  });

  test("H8: a probe that had no turn to let go after a stall is not counted again", async () => {
    const { clock, monitor } = scripted(silent, {
      healthCheck: { intervalMs: 10_000, timeoutMs: 10_000, unhealthyThreshold: 1 },
    });
    monitor.register(target);
    await clock.advanceAsync(5_000);
    clock.stall(60_000);
    clock.advance(0);
    expect(monitor.statistics()).toMatchObject({ failed: 0, inconclusive: 1 });
    await monitor.close();
  });

  test("an answer after the timeout does not count", async () => {
    const { clock, monitor } = scripted(
      ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(ok))),
      { healthCheck: { timeoutMs: 6_000 } },
    );
    monitor.register(target);
    await clock.advanceAsync(10_000);
    expect(monitor.statistics()).toMatchObject({ ok: 0, failed: 1 });
    await monitor.close();
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("no route");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no route"))],
  ] satisfies [string, ProbeFunction][])("a probe function that %s has failed", async (_how, probe) => {
    const { clock, monitor } = scripted(probe);
    monitor.register(target);
    await clock.advanceAsync(100);
    expect(monitor.describe()[0]?.lastProbe).toMatchObject({ outcome: "failed", detail: "no route" });
    await monitor.close();
  });

  test("H8: what times out while our own event loop was late is inconclusive, and nobody becomes unhealthy", async () => {
    let probe: ProbeFunction = () => ok;
    const { clock, monitor, name } = scripted((request) => probe(request), {
      healthCheck: { intervalMs: 10_000, timeoutMs: 6_000, unhealthyThreshold: 1 },
    });
    const keys = [1, 2, 3, 4, 5].map((port) => monitor.register({ ...target, port }));
    await clock.advanceAsync(5_000);
    probe = silent;
    await clock.advanceAsync(5_500);
    expect(monitor.statistics().inFlight).toBe(5);
    clock.stall(20_000);
    await clock.advanceAsync(1);
    expect(monitor.statistics()).toMatchObject({ failed: 0, inconclusive: 5 });
    expect(keys.map(name)).toEqual(Array(5).fill("healthy"));
    await clock.advanceAsync(30_000);
    expect(keys.map(name), "once the loop is punctual, silence counts again").toEqual(Array(5).fill("unhealthy"));
    await monitor.close();
  });

  test("H8: a stall in the middle of a probe counts as much as one at its end", async () => {
    const { clock, monitor } = scripted(silent, { healthCheck: { intervalMs: 60_000, timeoutMs: 6_000 } });
    monitor.register(target);
    await clock.advanceAsync(1_000);
    clock.stall(3_000);
    await clock.advanceAsync(10_000);
    expect(monitor.statistics()).toMatchObject({ failed: 0, inconclusive: 1 });
    await monitor.close();
  });

  test("a short hiccup of the event loop excuses no one", async () => {
    const { clock, monitor } = scripted(silent, { healthCheck: { intervalMs: 60_000, timeoutMs: 6_000 } });
    monitor.register(target);
    await clock.advanceAsync(1_000);
    clock.stall(400);
    await clock.advanceAsync(10_000);
    expect(monitor.statistics()).toMatchObject({ failed: 1, inconclusive: 0 });
    await monitor.close();
  });

  test("a certain answer counts however late we are", async () => {
    const { clock, monitor } = scripted(
      ({ signal }) =>
        new Promise((resolve) => {
          clock.setTimer(2_000, () =>
            resolve({ outcome: "failed", failure: "code-mismatch", detail: "HTTP 500", certain: true }),
          );
          signal.addEventListener("abort", () => resolve(failed));
        }),
      { healthCheck: { intervalMs: 60_000, timeoutMs: 6_000 } },
    );
    monitor.register(target);
    await clock.advanceAsync(1_000);
    clock.stall(4_000);
    await clock.advanceAsync(100);
    expect(monitor.statistics()).toMatchObject({ failed: 1, inconclusive: 0 });
    await monitor.close();
  });

  test("passive failures take a healthy target down early, unless they are switched off", () => {
    const { clock, monitor, name } = scripted(() => ok, { healthCheck: { healthyThreshold: 1 } });
    monitor.register(target);
    clock.advance(1_000);
    monitor.passiveFailure(key);
    monitor.passiveFailure(key);
    expect(name(key)).toBe("unhealthy");
    clock.advance(30_000);
    expect(name(key)).toBe("healthy");
    monitor.updateSettings({ attributes: { passiveChecksEnabled: false } });
    for (let i = 0; i < 10; i++) monitor.passiveFailure(key);
    expect(name(key)).toBe("healthy");
    monitor.passiveFailure("nobody:1");
  });

  test("a forced result replaces the probe until it is taken back", () => {
    const { clock, monitor, probes, name } = scripted(() => ok, {
      healthCheck: { intervalMs: 10_000, healthyThreshold: 2 },
    });
    monitor.register(target);
    clock.advance(1_000);
    expect(monitor.force(key, "fail")).toBe(true);
    clock.advance(20_000);
    expect([name(key), probes.length]).toEqual(["unhealthy", 1]);
    monitor.force(key, "pass");
    clock.advance(20_000);
    expect([name(key), probes.length]).toEqual(["healthy", 1]);
    monitor.force(key, undefined);
    clock.advance(10_000);
    expect(probes).toHaveLength(2);
    expect(monitor.force("nobody:1", "pass")).toBe(false);
  });

  test("H11: flapping with every probe for an hour gives no transition below the threshold, and one per run above it", () => {
    let probes = 0;
    let run = 1;
    const { clock, monitor } = scripted(() => (Math.floor(probes++ / run) % 2 === 0 ? ok : failed), {
      healthCheck: { intervalMs: 10_000, healthyThreshold: 2, unhealthyThreshold: 2 },
    });
    const transitions: string[] = [];
    monitor.addEventListener("transition", ({ transition }) => transitions.push(transition.to.name));
    monitor.register(target);
    clock.advance(3_600_000);
    expect(transitions).toEqual(["initial", "initial", "healthy"]);
    run = 2;
    const before = probes;
    clock.advance(3_600_000);
    expect(transitions.length - 3).toBeLessThanOrEqual(Math.ceil((probes - before) / 2));
    expect(transitions.length - 3).toBeGreaterThan(150);
    expect([monitor.states().size, clock.pending]).toEqual([1, 1]);
  });
});
