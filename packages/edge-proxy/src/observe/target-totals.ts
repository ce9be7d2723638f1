import type { FlowInfo } from "../data/flow-observer.ts";
import type { FlowTally, TargetTally } from "./flow-tally.ts";

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

type Sum = { -readonly [Key in keyof TargetTotals]: TargetTotals[Key] };

/** By the group's name and the target's key, with a space between. */
export function totalsByTarget(tally: FlowTally, flows: Iterable<FlowInfo>): ReadonlyMap<string, TargetTotals> {
  const totals = new Map<string, Sum>();
  const of = (group: string, target: string): Sum => {
    const key = `${group} ${target}`;
    const known = totals.get(key) ?? { ...noTotals };
    totals.set(key, known);
    return known;
  };
  for (const { groups } of tally.listeners.values()) {
    for (const [group, { targets }] of groups) {
      for (const [target, ended] of targets) addEnded(of(group, target), ended);
    }
  }
  for (const flow of flows) addStanding(of(flow.forward.group, flow.route.key), flow);
  return totals;
}

/** The same of one target. */
export function totalsOfTarget(
  group: string,
  target: string,
  tally: FlowTally,
  flows: Iterable<FlowInfo>,
): TargetTotals {
  const sum = { ...noTotals };
  for (const { groups } of tally.listeners.values()) {
    const ended = groups.get(group)?.targets.get(target);
    if (ended !== undefined) addEnded(sum, ended);
  }
  for (const flow of flows) {
    if (flow.route.key === target && flow.forward.group === group) addStanding(sum, flow);
  }
  return sum;
}

function addEnded(sum: Sum, { opened, bytesFromClients, bytesFromTargets }: TargetTally): void {
  sum.opened += opened;
  sum.bytesFromClients += bytesFromClients;
  sum.bytesFromTargets += bytesFromTargets;
}

function addStanding(sum: Sum, { bytesFromClient, bytesFromTarget }: FlowInfo): void {
  sum.active++;
  sum.bytesFromClients += bytesFromClient;
  sum.bytesFromTargets += bytesFromTarget;
}
