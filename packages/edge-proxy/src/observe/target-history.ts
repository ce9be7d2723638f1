import type { ProbeReport, Transition } from "@edgekit/health/monitor";
import type { HealthObserver } from "../control/health-observer.ts";

/** What a target's last health check found. */
export interface LastCheck {
  readonly outcome: "ok" | "failed" | "inconclusive";
  /** For people. */
  readonly detail?: string;
  /** When it ended: UTC, ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
}

export interface TargetPast {
  /** When its state or reason last changed: UTC, ISO 8601; undefined for one that never did. */
  readonly changedAt?: string;
  readonly lastCheck?: LastCheck;
}

const nothing: TargetPast = {};

/** What last happened to each target, with the time of day. */
export class TargetHistory implements HealthObserver {
  readonly #wallClockMs: () => number;
  readonly #targets = new Map<string, Map<string, TargetPast>>();

  constructor(wallClockMs: () => number) {
    this.#wallClockMs = wallClockMs;
  }

  /** As it stands; what happens later does not change what was given. */
  of(group: string, key: string): TargetPast {
    return this.#targets.get(group)?.get(key) ?? nothing;
  }

  targetChecked(group: string, { key, result, durationMs }: ProbeReport): void {
    const { outcome, detail } = result;
    const lastCheck: LastCheck = {
      outcome,
      ...(detail === undefined ? {} : { detail }),
      at: this.#now(),
      durationMs: Math.round(durationMs * 1000) / 1000,
    };
    this.#add(group, key, { lastCheck });
  }

  targetChanged(group: string, { key, to }: Transition): void {
    if (to.name === "unused" && to.reason === "Target.NotRegistered") this.#targets.get(group)?.delete(key);
    else this.#add(group, key, { changedAt: this.#now() });
  }

  /** Forgets what is gone with its group. */
  prune(hasTarget: (group: string, key: string) => boolean): void {
    for (const [group, targets] of this.#targets) {
      for (const key of targets.keys()) if (!hasTarget(group, key)) targets.delete(key);
      if (targets.size === 0) this.#targets.delete(group);
    }
  }

  #now(): string {
    return new Date(this.#wallClockMs()).toISOString();
  }

  #add(group: string, key: string, change: TargetPast): void {
    const targets = this.#targets.get(group) ?? new Map<string, TargetPast>();
    this.#targets.set(group, targets);
    targets.set(key, { ...targets.get(key), ...change });
  }
}
