import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock, VirtualClock } from "../src/monitor/index.ts";

describe("the system clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("H13: a timer of more than 2³¹ ms fires at its time, not at once", () => {
    const fired = vi.fn();
    const delayMs = 3 * 2 ** 31 + 5;
    systemClock.setTimer(delayMs, fired);
    vi.advanceTimersByTime(delayMs - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  test("a long timer can be cleared in any of its parts", () => {
    const fired = vi.fn();
    const timer = systemClock.setTimer(2 ** 32, fired);
    vi.advanceTimersByTime(2 ** 31 + 10);
    systemClock.clear(timer);
    vi.advanceTimersByTime(2 ** 33);
    expect(fired).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("H13: the wall clock may jump by an hour either way", () => {
    const fired = vi.fn();
    const before = systemClock.now();
    systemClock.setTimer(10_000, fired);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.setSystemTime(Date.now() - 7_200_000);
    expect(systemClock.now() - before).toBeLessThan(1);
    vi.advanceTimersByTime(9_999);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });
});

describe("the virtual clock", () => {
  test("fires in the order of due times, each at its own", () => {
    const clock = new VirtualClock(100);
    const told: string[] = [];
    const tell = (name: string) => () => told.push(`${name} at ${clock.now()}`);
    clock.setTimer(20, tell("b"));
    clock.setTimer(10, () => {
      tell("a")();
      clock.setTimer(5, tell("nested"));
      clock.setTimer(0, tell("at once"));
    });
    clock.setTimer(20, tell("c"));
    clock.clear(clock.setTimer(15, tell("cleared")));
    clock.advance(19);
    expect(told).toEqual(["a at 110", "at once at 110", "nested at 115"]);
    clock.advance(1);
    expect(told.slice(3)).toEqual(["b at 120", "c at 120"]);
    expect([clock.now(), clock.pending]).toEqual([120, 0]);
  });

  test("a stall makes timers late, as a blocked event loop does", () => {
    const clock = new VirtualClock();
    const firedAt: number[] = [];
    clock.setTimer(10, () => firedAt.push(clock.now()));
    clock.stall(500);
    expect(firedAt).toEqual([]);
    clock.advance(0);
    expect(firedAt).toEqual([500]);
  });

  test("advanceAsync lets promises settle between timers", async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    clock.setTimer(1, () => void Promise.resolve().then(() => told.push("settled")));
    clock.setTimer(2, () => told.push("second timer"));
    await clock.advanceAsync(2);
    expect(told).toEqual(["settled", "second timer"]);
  });
});
