import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  admits,
  defaultSettings,
  type HealthEvent,
  type HealthSettings,
  healthSettings,
  initialState,
  nextDeadline,
  step,
  type TargetState,
} from "../src/index.ts";
import { draining } from "./life.ts";
import { NaiveTarget } from "./naive-target.ts";

const ok: HealthEvent = { type: "probe-ok" };
const failed: HealthEvent = { type: "probe-failed", failure: "failed" };
const register: HealthEvent = { type: "register" };

describe("H1: every sequence of up to twelve results agrees with the naive model", () => {
  test.each([
    ["AWS's defaults", {}],
    ["thresholds of 2 and 3", { healthyThreshold: 2, unhealthyThreshold: 3 }],
    ["thresholds of 1", { healthyThreshold: 1, unhealthyThreshold: 1 }],
    [
      "a draining interval that ends after four results",
      { ...draining, healthyThreshold: 3, drainingIntervalMs: 4_000 },
    ],
  ])("%s", (_name, overrides) => {
    const settings = healthSettings(overrides);
    let sequences = 0;
    const explore = (state: TargetState, history: readonly HealthEvent[]): void => {
      for (const event of [ok, failed]) {
        const results = [...history, event];
        const next = step(state, event, results.length * 1_000, settings).state;
        const model = new NaiveTarget();
        model.apply(register, 0, settings);
        results.forEach((result, index) => {
          model.apply(result, (index + 1) * 1_000, settings);
        });
        if (next.name !== model.name) {
          expect.fail(`${results.map(({ type }) => type).join(" ")}: ${next.name}, but the model says ${model.name}`);
        }
        sequences += 1;
        if (results.length < 12) explore(next, results);
      }
    };
    explore(step(initialState(), register, 0, settings).state, []);
    expect(sequences).toBe(8_190);
  });
});

describe("random events", () => {
  const use = fc.constantFrom("in-use", "group-not-in-use", "zone-not-enabled");
  const event: fc.Arbitrary<HealthEvent> = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(ok, failed) },
    { weight: 2, arbitrary: use.map((use) => ({ type: "register", use }) as const) },
    { weight: 1, arbitrary: use.map((use) => ({ type: "use", use }) as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom<HealthEvent>(
        register,
        { type: "checking" },
        { type: "probe-inconclusive" },
        { type: "passive-failure" },
        { type: "deregister" },
        { type: "tick" },
      ),
    },
  );
  const settings: fc.Arbitrary<HealthSettings> = fc.record({
    healthyThreshold: fc.integer({ min: 1, max: 4 }),
    unhealthyThreshold: fc.integer({ min: 1, max: 4 }),
    connectionTerminationOnUnhealthy: fc.boolean(),
    drainingIntervalMs: fc.constantFrom(0, 1_000, 3_000),
    deregistrationDelayMs: fc.constantFrom(0, 1_000, 5_000),
    terminateOnDeregistration: fc.boolean(),
    healthChecksEnabled: fc.constantFrom(true, true, true, false),
    passiveChecksEnabled: fc.boolean(),
  });
  const turn = fc.record({
    afterMs: fc.constantFrom(0, 1, 500, 1_000, 4_000),
    event,
    settings: fc.option(settings, { freq: 6 }),
  });

  test("agree with the naive model in state, admission and terminations", () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
        const model = new NaiveTarget();
        let state = initialState();
        let nowMs = 0;
        let current: HealthSettings = defaultSettings;
        let admitted = false;
        for (const { afterMs, event, settings } of [{ afterMs: 0, event: register, settings: null }, ...turns]) {
          nowMs += afterMs;
          if (settings) current = settings;
          const { state: next, effects } = step(state, event, nowMs, current);
          const terminations = model.apply(event, nowMs, current);
          expect(next.name).toBe(model.name);
          expect(effects.flatMap((effect) => (effect.type === "terminate" ? [effect.cause] : []))).toEqual(
            terminations,
          );
          for (const { type } of effects) {
            if (type !== "admit" && type !== "refuse") continue;
            expect(admitted, "admission is told only when it changes").toBe(type === "refuse");
            admitted = type === "admit";
          }
          expect(admitted).toBe(admits(next));
          expect(nextDeadline(next, current) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(nowMs);
          state = next;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("a step is pure: the same input gives the same output, and the input is not changed", () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 20 }), (turns) => {
        let state = step(initialState(), register, 0, defaultSettings).state;
        let nowMs = 0;
        for (const { afterMs, event, settings } of turns) {
          nowMs += afterMs;
          const before = Object.freeze(structuredClone(state));
          const once = step(before, event, nowMs, settings ?? defaultSettings);
          expect(step(before, event, nowMs, settings ?? defaultSettings)).toEqual(once);
          expect(before).toEqual(state);
          state = once.state;
        }
      }),
      { numRuns: 200 },
    );
  });
});
