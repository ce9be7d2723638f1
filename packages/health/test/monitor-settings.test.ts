import { describe, expect, test } from "vitest";
import { createHealthMonitor, type MonitorOptions, type ProbeRequest, type ProbeResult } from "../src/monitor/index.ts";
import { failed, key, ok, scripted, target } from "./scripted-monitor.ts";

describe("settings at run time", () => {
  test("no count is lost", () => {
    let answer: ProbeResult = ok;
    const { clock, monitor, name } = scripted(() => answer, {
      healthCheck: { intervalMs: 10_000, unhealthyThreshold: 10 },
    });
    monitor.register(target);
    clock.advance(1_000);
    answer = failed;
    clock.advance(40_000);
    expect(monitor.state(key)).toEqual({ name: "healthy", failures: 4 });
    monitor.updateSettings({ healthCheck: { unhealthyThreshold: 5 } });
    expect(monitor.state(key)).toEqual({ name: "healthy", failures: 4 });
    clock.advance(10_000);
    expect(name(key)).toBe("unhealthy");
  });

  test("a new interval applies to the wait that is running", () => {
    const { clock, monitor, probes } = scripted(() => ok, { healthCheck: { intervalMs: 300_000 } });
    monitor.register(target);
    clock.advance(1_000);
    monitor.updateSettings({ healthCheck: { intervalMs: 5_000 } });
    clock.advance(4_100);
    expect(probes).toHaveLength(2);
    clock.advance(3_000);
    monitor.updateSettings({ healthCheck: { intervalMs: 2_000 } });
    clock.advance(2_000);
    expect(probes.length, "one that the new interval makes overdue comes within it").toBeGreaterThanOrEqual(3);
  });

  test("a new path, port and timeout are those of the next probe; the traffic port is never touched", () => {
    const requests: ProbeRequest[] = [];
    const { clock, monitor } = scripted(
      (request) => {
        requests.push(request);
        return ok;
      },
      { healthCheck: { protocol: "HTTP", intervalMs: 10_000 } },
    );
    monitor.register({ id: "i-1", port: 80, address: "10.0.0.9" });
    clock.advance(1_000);
    monitor.updateSettings({ healthCheck: { port: 9_000, path: "/ready" } });
    clock.advance(10_000);
    expect(requests.map(({ address, port, check }) => [address, port, check.path, check.timeoutMs])).toEqual([
      ["10.0.0.9", 80, "/", 6_000],
      ["10.0.0.9", 9_000, "/ready", 6_000],
    ]);
    expect(requests[1]?.target.port, "H12").toBe(80);
    expect([...monitor.states().keys()]).toEqual(["i-1:80"]);
  });

  test("a changed deregistration delay moves the end of a target that is draining", () => {
    const { clock, monitor } = scripted(() => ok);
    monitor.register(target);
    clock.advance(1_000);
    monitor.deregister(key);
    monitor.updateSettings({ attributes: { deregistrationDelayMs: 5_000 } });
    clock.advance(5_000);
    expect(monitor.states().size).toBe(0);
  });

  test("refused settings change nothing", () => {
    const { clock, monitor, name } = scripted(() => ok);
    monitor.register(target);
    expect(() => monitor.updateSettings({ healthCheck: { intervalMs: Number.NaN } })).toThrow(
      expect.objectContaining({ code: "HEALTH_INVALID_SETTING" }),
    );
    clock.advance(100_000);
    expect([name(key), monitor.statistics().ok]).toEqual(["healthy", 4]);
  });
});

describe("nonsense is refused", () => {
  test.each([
    [{ healthCheck: { intervalMs: 0 } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { timeoutMs: -1 } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { healthyThreshold: 0 } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { port: 65_536 } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { path: "healthz" } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { path: "/a b" } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { host: "a\r\nb" } }, "HEALTH_INVALID_SETTING"],
    [{ healthCheck: { matcher: "" } }, "HEALTH_INVALID_MATCHER"],
    [{ attributes: { deregistrationDelayMs: Number.NaN } }, "HEALTH_INVALID_SETTING"],
    [{ thresholds: { dnsFailover: { count: 0, percentage: "off" } } }, "HEALTH_INVALID_THRESHOLD"],
    [{ maxInFlight: 0 }, "HEALTH_INVALID_SETTING"],
    [{ jitter: Number.NaN }, "HEALTH_INVALID_SETTING"],
  ] satisfies [MonitorOptions, string][])("%j: %s", (options, code) => {
    expect(() => createHealthMonitor(options)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    { id: "", port: 80 },
    { id: "a", port: 0 },
    { id: "a", port: Number.NaN },
  ])("target %o", (target) => {
    expect(() => createHealthMonitor().register(target)).toThrow(
      expect.objectContaining({ code: "HEALTH_INVALID_TARGET" }),
    );
  });
});
