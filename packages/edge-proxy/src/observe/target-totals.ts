import type { FlowInfo } from "../data/flow-observer.ts";
import type { FlowTally } from "./flow-tally.ts";

/** What went to one target since the start, over all listeners; flows that stand are included. */
export interface TargetTotals {
  /** Flows that stand now. */
  readonly active: number;
  readonly opened: number;
  /** Payload. */
  readonly bytesFromClients: number;
  readonly bytesFromTargets: number;
}

export const noTotals: TargetTotals = { active: 0, opened: 0, bytesFromClients: 0, bytesFromTargets: 0 };

/** By the group's name and the target's key, with a space between. */
export function totalsByTarget(tally: FlowTally, flows: Iterable<FlowInfo>): ReadonlyMap<string, TargetTotals> {
  const totals = new Map<string, { -readonly [Key in keyof TargetTotals]: TargetTotals[Key] }>();
  const of = (group: string, target: string): { -readonly [Key in keyof TargetTotals]: TargetTotals[Key] } => {
    const key = `${group} ${target}`;
    const known = totals.get(key) ?? { ...noTotals };
    totals.set(key, known);
    return known;
  };
  for (const { groups } of tally.listeners.values()) {
    for (const [group, { targets }] of groups) {
      for (const [target, { opened, bytesFromClients, bytesFromTargets }] of targets) {
        const sum = of(group, target);
        sum.opened += opened;
        sum.bytesFromClients += bytesFromClients;
        sum.bytesFromTargets += bytesFromTargets;
      }
    }
  }
  for (const { forward, route, bytesFromClient, bytesFromTarget } of flows) {
    const sum = of(forward.group, route.key);
    sum.active++;
    sum.bytesFromClients += bytesFromClient;
    sum.bytesFromTargets += bytesFromTarget;
  }
  return totals;
}
