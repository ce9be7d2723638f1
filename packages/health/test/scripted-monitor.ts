import type { Effect } from "../src/index.ts";
import {
  createHealthMonitor,
  type HealthMonitor,
  type MonitorOptions,
  type ProbeFunction,
  type ProbeResult,
  VirtualClock,
} from "../src/monitor/index.ts";

export const ok: ProbeResult = { outcome: "ok" };
export const failed: ProbeResult = { outcome: "failed", failure: "failed", detail: "scripted" };

/** A probe that never answers and lets go when it is aborted. */
export const silent: ProbeFunction = ({ signal }) =>
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

export interface ScriptedMonitor {
  readonly clock: VirtualClock;
  readonly monitor: HealthMonitor;
  /** What it told, as `KEY EFFECT`. */
  readonly effects: string[];
  readonly probes: readonly { readonly key: string; readonly atMs: number }[];
  /** The name of a target's state. */
  name(key: string): string;
}

/** A monitor on a virtual clock whose probes do as `script` says, with everything that it told. */
export function scripted(script: ProbeFunction, options: MonitorOptions = {}): ScriptedMonitor {
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

export const target = { id: "10.0.0.1", port: 80 };
export const key = "10.0.0.1:80";
