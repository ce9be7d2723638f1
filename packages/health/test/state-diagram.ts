import {
  describeTargetHealth,
  type Effect,
  type HealthEvent,
  type HealthSettings,
  healthSettings,
  initialState,
  nextDeadline,
  step,
  type TargetState,
} from "../src/index.ts";

const events: readonly HealthEvent[] = [
  { type: "register" },
  { type: "register", use: "group-not-in-use" },
  { type: "use", use: "in-use" },
  { type: "use", use: "group-not-in-use" },
  { type: "checking" },
  { type: "probe-ok" },
  { type: "probe-failed", failure: "failed" },
  { type: "probe-inconclusive" },
  { type: "passive-failure" },
  { type: "deregister" },
  { type: "tick" },
  { type: "settings-changed" },
];

/** Every choice that makes the machine behave differently, with thresholds of two to keep the counting short. */
const variants: readonly HealthSettings[] = [
  { connectionTerminationOnUnhealthy: true },
  { connectionTerminationOnUnhealthy: false },
  { connectionTerminationOnUnhealthy: false, drainingIntervalMs: 60_000 },
].flatMap((unhealthy) =>
  [false, true].flatMap((terminateOnDeregistration) =>
    [true, false].map((healthChecksEnabled) =>
      healthSettings({
        ...unhealthy,
        terminateOnDeregistration,
        healthChecksEnabled,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      }),
    ),
  ),
);

/**
 * The state diagram in Mermaid, found by leading the machine through every state, event and setting that it can reach.
 * One arrow for each pair of states; on it, every event with its effects.
 */
export function stateDiagram(): string {
  const arrows = new Map<string, Set<string>>();
  for (const settings of variants) explore(settings, arrows);
  const names = new Set<string>();
  const lines: string[] = [];
  for (const [arrow, labels] of [...arrows].toSorted(([a], [b]) => order(a) - order(b) || a.localeCompare(b))) {
    for (const name of arrow.split(" --> ")) names.add(name);
    const [from = "", to = ""] = arrow.split(" --> ");
    lines.push(`  ${id(from)} --> ${id(to)}: ${[...labels].toSorted().join("<br/>")}`);
  }
  const states = lifeOrder.filter((name) => names.has(name)).map((name) => `  state "${name}" as ${id(name)}`);
  return ["stateDiagram-v2", ...states, `  [*] --> ${id(nodeOf(initialState()))}`, ...lines].join("\n");
}

function explore(settings: HealthSettings, arrows: Map<string, Set<string>>): void {
  const seen = new Set<string>();
  const queue: TargetState[] = [initialState()];
  for (let state = queue.shift(); state; state = queue.shift()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const deadlineMs = nextDeadline(state, settings);
    const moves = events.map((event) => ({ event, nowMs: 0, under: settings, label: labelOf(event) }));
    if (deadlineMs !== undefined) {
      const label = state.name === "draining" ? "delay over" : "interval over";
      moves.push({ event: { type: "tick" }, nowMs: deadlineMs, under: settings, label });
    }
    moves.push({
      event: { type: "settings-changed" },
      nowMs: 0,
      under: { ...settings, healthChecksEnabled: !settings.healthChecksEnabled },
      label: settings.healthChecksEnabled ? "checks disabled" : "checks enabled",
    });
    for (const { event, nowMs, under, label } of moves) {
      const next = step(state, event, nowMs, under);
      const [from, to] = [nodeOf(state), nodeOf(next.state)];
      if (from !== to || next.effects.length > 0) {
        const arrow = `${from} --> ${to}`;
        const labels = arrows.get(arrow) ?? new Set();
        labels.add(next.effects.length > 0 ? `${label} (${next.effects.map(effectName).join(", ")})` : label);
        arrows.set(arrow, labels);
      }
      // Only what these settings lead to; the other variants explore the rest.
      if (under === settings) queue.push(next.state);
    }
  }
}

const lifeOrder: readonly string[] = [
  "unused NotRegistered",
  "unused NotInUse",
  "initial",
  "healthy",
  "unhealthy.draining",
  "unhealthy",
  "draining",
  "unavailable",
];

function order(arrow: string): number {
  return lifeOrder.indexOf(arrow.split(" --> ")[0] ?? "");
}

/** A state of AWS; `unused` is two, since it is both the beginning and a place to wait. */
function nodeOf(state: TargetState): string {
  const { State, Reason = "" } = describeTargetHealth(state);
  return State === "unused" ? `unused ${Reason.replace("Target.", "")}` : State;
}

function id(name: string): string {
  return name.replace(/[ .]/g, "_");
}

function labelOf(event: HealthEvent): string {
  if (event.type === "register") return event.use ? "register, not in use" : "register";
  if (event.type === "use") return event.use === "in-use" ? "in use" : "not in use";
  return event.type;
}

function effectName(effect: Effect): string {
  return effect.type;
}
