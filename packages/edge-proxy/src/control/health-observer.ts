import type { ProbeReport, Transition } from "@edgekit/health/monitor";

/** Gets told what happens to targets. Must not throw. */
export interface HealthObserver {
  /** A check has its result. */
  targetChecked?(group: string, report: ProbeReport): void;
  /** A target's state or reason has changed. */
  targetChanged?(group: string, transition: Transition): void;
}
