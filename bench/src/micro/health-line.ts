import { type HealthEvent, healthSettings, initialState, step, type TargetState } from "@edgekit/health";
import { type Contestant, kept, type Line } from "./line.ts";

const settings = healthSettings({ connectionTerminationOnUnhealthy: false, drainingIntervalMs: 60_000 });
const ok: HealthEvent = { type: "probe-ok" };
const failed: HealthEvent = { type: "probe-failed", failure: "timeout" };
/** As many steps in a run as inputs in the lines of the codec, so that the loop around them weighs as little. */
const STEPS = 64;
const REFERENCE = "a success of a healthy target";

/** One health check's answer. */
export const healthLine: Line = {
  name: "health",
  title: "A step of the health machine",
  about: "One event to one target. Nearly all that ever happen are successes of healthy targets.",
  reference: REFERENCE,
  absent: [],
  targets: [],
  contestants() {
    const registered = step(initialState(), { type: "register" }, 0, settings).state;
    const healthy = step(registered, ok, 1_000, settings).state;
    const failing = step(healthy, failed, 2_000, settings).state;
    const draining = step(failing, failed, 3_000, settings).state;
    return [
      contestant(REFERENCE, healthy, ok, "healthy"),
      contestant("a first failure", healthy, failed, "healthy"),
      contestant("the failure that takes it down", failing, failed, "unhealthy.draining"),
      contestant("a success while it drains", draining, ok, "unhealthy.draining"),
    ];
  },
};

function contestant(name: string, from: TargetState, event: HealthEvent, to: string): Contestant {
  return {
    name,
    run: () => {
      for (let i = 0; i < STEPS; i++) kept.value = step(from, event, 4_000 + i, settings);
    },
    inputs: STEPS,
    found: () => [step(from, event, 4_000, settings).state.name],
    expected: [to],
  };
}
