import type { ProbeReport, Transition } from "@edgekit/health/monitor";
import type { HealthObserver } from "../control/health-observer.ts";
import { checkBounds, Histogram } from "./histogram.ts";

export interface GroupHealthTally {
  readonly checkSeconds: Histogram;
  /** By the state that was left, then by the one that was entered. */
  readonly transitions: Map<string, Map<string, number>>;
}

/** Adds up what happens to the targets of each group, in plain numbers. */
export class HealthTally implements HealthObserver {
  readonly groups: Map<string, GroupHealthTally> = new Map();

  targetChecked(group: string, { durationMs }: ProbeReport): void {
    this.#group(group).checkSeconds.record(durationMs / 1000);
  }

  targetChanged(group: string, { from, to }: Transition): void {
    // A new reason for the same state, such as 'initial', is no change of state.
    if (from.name === to.name) return;
    const { transitions } = this.#group(group);
    const ways = transitions.get(from.name) ?? new Map<string, number>();
    transitions.set(from.name, ways);
    ways.set(to.name, (ways.get(to.name) ?? 0) + 1);
  }

  /** Forgets groups that are gone. */
  prune(hasGroup: (group: string) => boolean): void {
    for (const group of this.groups.keys()) if (!hasGroup(group)) this.groups.delete(group);
  }

  #group(name: string): GroupHealthTally {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group = { checkSeconds: new Histogram(checkBounds), transitions: new Map() };
    this.groups.set(name, group);
    return group;
  }
}
