import type { TargetStateName } from "@edgekit/health";
import type { Family } from "./exposition.ts";
import type { Scrape } from "./scrape.ts";

const states: readonly TargetStateName[] = [
  "initial",
  "healthy",
  "unhealthy",
  "unhealthy.draining",
  "draining",
  "unused",
  "unavailable",
];

/** Metrics of targets and their checks. */
export const healthMetrics: readonly Family<Scrape>[] = [
  {
    name: "edge_proxy_target_state",
    type: "gauge",
    help: "1 for the state that a target is in, 0 for the others; the states are those of DescribeTargetHealth.",
    labels: ["target_group", "target", "state"],
    *collect({ observed }) {
      for (const { name } of observed.model.targetGroups) {
        for (const [target, state] of observed.monitor(name)?.states() ?? []) {
          for (const candidate of states) yield [candidate === state.name ? 1 : 0, name, target, candidate];
        }
      }
    },
  },
  {
    name: "edge_proxy_health_checks_total",
    type: "counter",
    help: "Health checks by result; inconclusive ones failed for a reason on this side and change no state.",
    labels: ["target_group", "result"],
    *collect({ observed }) {
      for (const { name } of observed.model.targetGroups) {
        const { ok = 0, failed = 0, inconclusive = 0 } = observed.monitor(name)?.statistics() ?? {};
        yield [ok, name, "ok"];
        yield [failed, name, "failed"];
        yield [inconclusive, name, "inconclusive"];
      }
    },
  },
  {
    name: "edge_proxy_health_check_duration_seconds",
    type: "histogram",
    help: "Time that health checks took, timeouts included.",
    labels: ["target_group"],
    *collect({ health }) {
      for (const [group, { checkSeconds }] of health) yield [checkSeconds, group];
    },
  },
  {
    name: "edge_proxy_health_transitions_total",
    type: "counter",
    help: "Changes of targets from one state to another.",
    labels: ["target_group", "from", "to"],
    *collect({ health }) {
      for (const [group, { transitions }] of health) {
        for (const [from, ways] of transitions) for (const [to, count] of ways) yield [count, group, from, to];
      }
    },
  },
  {
    name: "edge_proxy_failing_open",
    type: "gauge",
    help: "1 while too few targets of a group are healthy in some zone, so that new flows go to unhealthy ones too.",
    labels: ["target_group"],
    *collect({ observed }) {
      for (const { name } of observed.model.targetGroups) {
        const verdicts = [...(observed.monitor(name)?.verdicts().values() ?? [])];
        // A zone without any target has none to fail open to.
        yield [verdicts.some(({ failOpen, registeredCount }) => failOpen && registeredCount > 0) ? 1 : 0, name];
      }
    },
  },
];
