import { describe, expect, test } from "vitest";
import { failed, ok, scripted } from "./scripted-monitor.ts";

describe("groups", () => {
  const three = [81, 82, 83].map((port) => ({ id: "10.0.0.1", port }));

  test("row 17: nobody is reset while the group fails open, and the others are while it does not", () => {
    const down = new Set<number>();
    const { clock, monitor, effects } = scripted(({ target }) => (down.has(target.port) ? failed : ok), {
      healthCheck: { intervalMs: 10_000 },
    });
    for (const each of three) monitor.register(each);
    clock.advance(5_000);
    effects.length = 0;
    down.add(81).add(82);
    clock.advance(20_000);
    expect(effects.toSorted()).toEqual([
      "10.0.0.1:81 refuse",
      "10.0.0.1:81 terminate unhealthy",
      "10.0.0.1:82 refuse",
      "10.0.0.1:82 terminate unhealthy",
    ]);
    expect(monitor.verdicts().get("all")).toMatchObject({ failOpen: false, healthyCount: 1, registeredCount: 3 });
    effects.length = 0;
    down.add(83);
    clock.advance(20_000);
    expect(effects).toEqual(["10.0.0.1:83 refuse"]);
    expect(monitor.verdicts().get("all")).toMatchObject({ failOpen: true, dnsHealthy: false });
    down.delete(81);
    clock.advance(50_000);
    expect(monitor.verdicts().get("all")).toMatchObject({ failOpen: false, dnsHealthy: true });
  });

  test("with cross-zone off each zone fails open by itself; thresholds and cross-zone may change", () => {
    const { clock, monitor } = scripted(({ target }) => (target.port === 81 ? failed : ok), { zones: ["a", "b", "c"] });
    monitor.register({ id: "10.0.0.1", port: 81, zone: "a" });
    monitor.register({ id: "10.0.0.1", port: 82, zone: "b" });
    clock.advance(40_000);
    const failOpen = () => [...monitor.verdicts()].map(([zone, verdict]) => `${zone} ${verdict.failOpen}`);
    expect(failOpen()).toEqual(["a true", "b false", "c true"]);
    monitor.updateSettings({ crossZone: true });
    expect(failOpen()).toEqual(["a false", "b false", "c false"]);
    monitor.updateSettings({ thresholds: { unhealthyStateRouting: { count: 2, percentage: "off" } } });
    expect(failOpen()).toEqual(["a true", "b true", "c true"]);
  });

  test("verdicts are worked out again when something that they are made from has changed, and only then", () => {
    const down = new Set<number>();
    const { clock, monitor } = scripted(({ target }) => (down.has(target.port) ? failed : ok), {
      healthCheck: { intervalMs: 10_000 },
      attributes: { deregistrationDelayMs: 1_000 },
    });
    const zoned = (port: number, zone: string) => ({ id: "10.0.0.1", port, zone });
    let before = monitor.verdicts();
    const counts = (change: () => void): string[] => {
      change();
      expect(monitor.verdicts(), String(change)).not.toBe(before);
      before = monitor.verdicts();
      return [...before].map(
        ([zone, { healthyCount, registeredCount }]) => `${zone} ${healthyCount}/${registeredCount}`,
      );
    };
    expect(counts(() => monitor.register(zoned(81, "a")))).toEqual(["a 0/1"]);
    expect(counts(() => monitor.register(zoned(82, "a")))).toEqual(["a 0/2"]);
    expect(counts(() => clock.advance(5_000))).toEqual(["a 2/2"]);
    clock.advance(100_000);
    expect(monitor.statistics().ok, "checks that change no state").toBeGreaterThan(20);
    expect(monitor.verdicts()).toBe(before);
    expect(counts(() => monitor.register(zoned(82, "b")))).toEqual(["a 1/1", "b 1/1"]);
    expect(counts(() => monitor.setZones(["b"]))).toEqual(["b 1/1"]);
    expect(counts(() => monitor.setZones(undefined))).toEqual(["a 0/1", "b 1/1"]);
    expect(counts(() => monitor.updateSettings({ crossZone: true }))).toEqual(["a 1/2", "b 1/2"]);
    expect(counts(() => monitor.setInUse(false))).toEqual(["a 0/0", "b 0/0"]);
    counts(() => monitor.setInUse(true));
    expect(counts(() => clock.advance(5_000))).toEqual(["a 2/2", "b 2/2"]);
    down.add(82);
    expect(counts(() => clock.advance(20_000))).toEqual(["a 1/2", "b 1/2"]);
    expect(counts(() => monitor.deregister("10.0.0.1:82"))).toEqual(["a 1/1", "b 1/1"]);
    expect(
      counts(() => clock.advance(1_000)),
      "its zone goes with it",
    ).toEqual(["a 1/1"]);
  });
});
