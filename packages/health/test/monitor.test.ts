import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Effect } from "../src/index.ts";
import {
  createHealthMonitor,
  type HealthMonitor,
  type MonitorOptions,
  type ProbeFunction,
  type ProbeRequest,
  type ProbeResult,
  VirtualClock,
} from "../src/monitor/index.ts";

const ok: ProbeResult = { outcome: "ok" };
const failed: ProbeResult = { outcome: "failed", failure: "failed", detail: "scripted" };

/** A probe that never answers and lets go when it is aborted. */
const silent: ProbeFunction = ({ signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

/** Numbers that look random and are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A monitor on a virtual clock whose probes do as `script` says, with everything that it told. */
function scripted(script: ProbeFunction, options: MonitorOptions = {}) {
  const clock = new VirtualClock();
  const effects: string[] = [];
  const probes: { readonly key: string; readonly atMs: number }[] = [];
  const monitor: HealthMonitor = createHealthMonitor({
    clock,
    random: seeded(7),
    jitter: 0,
    probe: (request) => {
      probes.push({ key: `${request.target.id}:${request.target.port}`, atMs: clock.now() });
      return script(request);
    },
    onEffect: (key, effect) => effects.push(`${key} ${nameOf(effect)}`),
    ...options,
  });
  return { clock, monitor, effects, probes, name: (key: string) => monitor.state(key).name };
}

const nameOf = (effect: Effect): string => (effect.type === "terminate" ? `terminate ${effect.cause}` : effect.type);

const target = { id: "10.0.0.1", port: 80 };
const key = "10.0.0.1:80";

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
});

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

describe("events", () => {
  test("transitions tell from and to, probes their result and how long they took", () => {
    const { clock, monitor, probes } = scripted(() => ok);
    const told: string[] = [];
    monitor.addEventListener("transition", ({ transition: { from, to, atMs, target } }) =>
      told.push(`${from.name} → ${to.name} at ${Math.round(atMs)} ms, port ${target.port}`),
    );
    monitor.addEventListener("probe", ({ report }) => told.push(`${report.result.outcome} in ${report.durationMs} ms`));
    monitor.register(target);
    clock.advance(100);
    const atMs = Math.round(probes[0]?.atMs ?? 0);
    expect(told).toEqual([
      "unused → initial at 0 ms, port 80",
      `initial → initial at ${atMs} ms, port 80`,
      "ok in 0 ms",
      `initial → healthy at ${atMs} ms, port 80`,
    ]);
  });

  test("are an EventTarget's, so node:events can wait for one", async () => {
    const { monitor } = scripted(() => ok);
    const waiting = once(monitor, "transition");
    monitor.register(target);
    const [event] = await waiting;
    expect(event.transition.to.name).toBe("initial");
    await monitor.close();
  });

  test("a listener may call the monitor back", () => {
    const { clock, monitor } = scripted(() => ok, { attributes: { deregistrationDelayMs: 0 } });
    monitor.addEventListener("transition", ({ transition }) => {
      if (transition.to.name === "healthy") monitor.deregister(transition.key);
    });
    monitor.register(target);
    clock.advance(100_000);
    expect([monitor.states().size, clock.pending]).toEqual([0, 0]);
  });
});

describe("end", () => {
  test("close aborts what runs, waits for it, and leaves no timer", async () => {
    let isFree = false;
    const { clock, monitor } = scripted(
      ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => {
            setImmediate(() => {
              isFree = true;
              resolve(ok);
            });
          }),
        ),
    );
    monitor.register(target);
    await clock.advanceAsync(100);
    expect(monitor.statistics().inFlight).toBe(1);
    await monitor.close();
    expect([isFree, clock.pending, monitor.statistics().ok]).toEqual([true, 0, 0]);
    expect(monitor.describe()[0]?.health.State).toBe("initial");
    expect(() => monitor.register(target)).toThrow(expect.objectContaining({ code: "HEALTH_CLOSED" }));
    await monitor.close();
  });

  test("a target that is dropped while its probe runs ends that probe", async () => {
    const signals: AbortSignal[] = [];
    const { clock, monitor } = scripted(
      (request) => {
        signals.push(request.signal);
        return silent(request);
      },
      { attributes: { deregistrationDelayMs: 0 } },
    );
    monitor.register(target);
    await clock.advanceAsync(100);
    monitor.deregister(key);
    await clock.advanceAsync(0);
    expect([signals[0]?.aborted, monitor.statistics().inFlight, clock.pending]).toEqual([true, 0, 0]);
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
