import { createHealthMonitor, VirtualClock } from "@edgekit/health/monitor";
import { describe, expect, it } from "vitest";
import { loadConfigObject } from "../api/config/load.ts";
import type { Observed } from "./observed.ts";
import { groupInParts } from "./target-group-state.ts";
import { TargetHistory } from "./target-history.ts";

describe("a target group in the state", () => {
  it("is as it was when it was looked at, whatever happens before its targets are described", () => {
    const targets = [1, 2, 3].map((port) => ({ id: "127.0.0.1", port }));
    const { model } = loadConfigObject({ targetGroups: [{ name: "app", port: 80, targets }] });
    const clock = new VirtualClock();
    const history = new TargetHistory(() => clock.now());
    const failing = { now: false };
    const monitor = createHealthMonitor({
      clock,
      probe: () => (failing.now ? { outcome: "failed", failure: "failed", detail: "no" } : { outcome: "ok" }),
    });
    monitor.addEventListener("probe", ({ report }) => history.targetChecked("app", report));
    monitor.addEventListener("transition", ({ transition }) => history.targetChanged("app", transition));
    for (const target of targets) monitor.register(target);
    clock.advance(60_000);
    const byHand = { now: { drained: false, forced: undefined as "fail" | undefined } };
    const [group] = model.targetGroups;
    if (group === undefined) throw new Error("no group");
    const look = () => {
      const observed = { model, nowMs: clock.now(), timeScale: 1, monitor: () => monitor, byHand: () => byHand.now };
      return groupInParts(group, observed as unknown as Observed, history, new Map(), Number.POSITIVE_INFINITY);
    };
    const before = look();
    const expected = [...look().targets];
    failing.now = true;
    byHand.now = { drained: true, forced: "fail" };
    monitor.deregister("127.0.0.1:3");
    clock.advance(120_000);
    expect(before.states).toEqual({ healthy: 3 });
    expect([...before.targets]).toEqual(expected);
    expect([...look().targets]).not.toEqual(expected);
    expect(look().states).toEqual({ unhealthy: 2, draining: 1 });
  });

  it("lists a target once that the config has anew while it is drained by hand, and one that left it at the end", () => {
    const [first, then] = [
      [1, 2],
      [2, 3],
    ].map((ports) => {
      const targets = ports.map((port) => ({ id: "127.0.0.1", port }));
      return loadConfigObject({ targetGroups: [{ name: "app", port: 80, targets }] }).model;
    });
    const [group] = then?.targetGroups ?? [];
    if (first === undefined || group === undefined) throw new Error("no group");
    const monitor = createHealthMonitor({ clock: new VirtualClock(), probe: () => ({ outcome: "ok" }) });
    for (const target of first.targetGroups[0]?.targets ?? []) monitor.register(target);
    for (const port of [1, 2]) monitor.deregister(`127.0.0.1:${port}`);
    const byHand = () => ({ drained: false, forced: undefined });
    const observed = { model: then, nowMs: 0, timeScale: 1, monitor: () => monitor, byHand } as unknown as Observed;
    const history = new TargetHistory(() => 0);
    const seen = groupInParts(group, observed, history, new Map(), Number.POSITIVE_INFINITY);
    expect(
      Array.from(seen.targets, ({ key, isConfigured, TargetHealth }) => [key, isConfigured, TargetHealth.State]),
    ).toEqual([
      ["127.0.0.1:2", true, "draining"],
      ["127.0.0.1:3", true, "unused"],
      ["127.0.0.1:1", false, "draining"],
    ]);
    expect(seen.states).toEqual({ draining: 2, unused: 1 });
  });
});
