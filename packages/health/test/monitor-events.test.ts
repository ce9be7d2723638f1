import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { key, ok, scripted, silent, target } from "./scripted-monitor.ts";

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
