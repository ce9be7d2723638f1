import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  describeTargetHealth,
  type Effect,
  type HealthEvent,
  type HealthSettings,
  healthSettings,
  initialState,
  step,
} from "../src/index.ts";

/** A life of one target as data; the README says what the fields mean. */
interface Trace {
  readonly about: string;
  readonly settings: Partial<HealthSettings>;
  readonly steps: readonly {
    readonly atMs: number;
    readonly event: HealthEvent;
    readonly settings?: Partial<HealthSettings>;
    readonly state: string;
    readonly reason: string | null;
    readonly effects: readonly string[];
  }[];
}

const folder = new URL("../traces/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there are traces to replay", () => {
  expect(names.length).toBeGreaterThan(0);
});

describe("traces", () => {
  test.each(names)("%s", (name) => {
    const trace: Trace = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    let settings = healthSettings(trace.settings);
    let state = initialState();
    expect(trace.steps.length).toBeGreaterThan(0);
    for (const [index, expected] of trace.steps.entries()) {
      if (expected.settings) settings = healthSettings(expected.settings);
      const next = step(state, expected.event, expected.atMs, settings);
      const { State, Reason = null } = describeTargetHealth(next.state);
      expect(
        { state: State, reason: Reason, effects: next.effects.map(effectName) },
        `step ${index} of ${name}: ${expected.event.type} at ${expected.atMs} ms`,
      ).toEqual({ state: expected.state, reason: expected.reason, effects: expected.effects });
      state = next.state;
    }
  });
});

function effectName(effect: Effect): string {
  return effect.type === "terminate" ? `terminate ${effect.cause}` : effect.type;
}
