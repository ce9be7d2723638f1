import { describe, expect, test } from "vitest";
import { key, ok, scripted, target } from "./scripted-monitor.ts";

describe("schedule", () => {
  test("H9: a thousand targets that come together are spread over the interval, and stay spread", () => {
    const { clock, monitor, probes } = scripted(() => ok, { healthCheck: { intervalMs: 10_000 }, jitter: 0.05 });
    for (let i = 0; i < 1_000; i++) monitor.register({ id: `10.0.${i >> 8}.${i & 255}`, port: 80 });
    clock.advance(60_000);
    const perSlot = new Map<number, number>();
    for (const { atMs } of probes) {
      const slot = Math.floor(atMs / 100);
      perSlot.set(slot, (perSlot.get(slot) ?? 0) + 1);
    }
    expect(probes.length).toBeGreaterThan(5_400);
    expect(probes.length).toBeLessThan(6_100);
    expect(Math.max(...perSlot.values()), "10 per 100 ms would be even").toBeLessThanOrEqual(25);
  });

  test("a few targets need not wait for their first probe", () => {
    const { clock, monitor, probes } = scripted(() => ok, { healthCheck: { intervalMs: 300_000 } });
    for (let port = 1; port <= 10; port++) monitor.register({ ...target, port });
    clock.advance(200);
    expect(probes).toHaveLength(10);
  });

  test("jitter keeps the mean interval", () => {
    const { clock, monitor, probes } = scripted(() => ok, { healthCheck: { intervalMs: 1_000 }, jitter: 0.5 });
    monitor.register(target);
    clock.advance(1_000_000);
    expect(probes.length).toBeGreaterThan(950);
    expect(probes.length).toBeLessThan(1_050);
    const gaps = probes.slice(1).map(({ atMs }, index) => atMs - (probes[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_500);
  });

  test("no more than maxInFlight probes run at once, and the others follow in order", async () => {
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const release: (() => void)[] = [];
    const { clock, monitor } = scripted(
      ({ target }) =>
        new Promise((resolve) => {
          most = Math.max(most, ++running);
          started.push(target.port);
          release.push(() => {
            running--;
            resolve(ok);
          });
        }),
      { maxInFlight: 3, healthCheck: { intervalMs: 60_000 } },
    );
    for (let port = 1; port <= 10; port++) monitor.register({ ...target, port });
    await clock.advanceAsync(1_000);
    expect(monitor.statistics()).toEqual({ ok: 0, failed: 0, inconclusive: 0, inFlight: 3, waiting: 7 });
    for (let i = 0; i < 10; i++) {
      release.shift()?.();
      await clock.advanceAsync(0);
    }
    expect([most, started]).toEqual([3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
    expect(monitor.statistics()).toEqual({ ok: 10, failed: 0, inconclusive: 0, inFlight: 0, waiting: 0 });
    await monitor.close();
  });

  test("two probes of one target never overlap, though a probe outlasts the interval", async () => {
    let running = 0;
    let probes = 0;
    const release: (() => void)[] = [];
    const { clock, monitor } = scripted(
      () =>
        new Promise((resolve) => {
          expect(++running).toBe(1);
          probes++;
          release.push(() => {
            running--;
            resolve(ok);
          });
        }),
      { healthCheck: { intervalMs: 1_000, timeoutMs: 10_000 } },
    );
    monitor.register(target);
    await clock.advanceAsync(3_500);
    expect(probes).toBe(1);
    release.shift()?.();
    await clock.advanceAsync(0);
    expect(probes, "the overdue one follows at once").toBe(2);
    release.shift()?.();
    await clock.advanceAsync(500);
    expect(probes).toBe(2);
    await clock.advanceAsync(500);
    expect(probes).toBe(3);
    release.shift()?.();
    await monitor.close();
  });

  test("a probe function that ignores its signal is not started again, and each interval counts as one more timeout", async () => {
    let probes = 0;
    const { clock, monitor } = scripted(
      () => {
        probes++;
        return new Promise(() => {});
      },
      { healthCheck: { intervalMs: 10_000, timeoutMs: 5_000 } },
    );
    monitor.register(target);
    await clock.advanceAsync(14_000);
    expect(monitor.state(key), "it may still let go").toMatchObject({ name: "initial", failures: 1 });
    await clock.advanceAsync(10_000);
    expect(monitor.state(key)).toMatchObject({ name: "unhealthy", failure: "timeout" });
    expect(probes).toBe(1);
  });
});
