import type { TargetState } from "../state.ts";
import type { ProbeResult } from "./probe.ts";
import type { Target } from "./target.ts";

/** A target went from one state or reason to another. */
export interface Transition {
  readonly key: string;
  readonly target: Target;
  readonly from: TargetState;
  readonly to: TargetState;
  /** On the monitor's clock. */
  readonly atMs: number;
}

/** A probe has its result. */
export interface ProbeReport {
  readonly key: string;
  readonly target: Target;
  /** As counted: a timeout during which our own event loop was late is `inconclusive` here. */
  readonly result: ProbeResult;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** The monitor's event `"transition"`. */
export class TransitionEvent extends Event {
  readonly transition: Transition;

  constructor(transition: Transition) {
    super("transition");
    this.transition = transition;
  }
}

/** The monitor's event `"probe"`. */
export class ProbeEvent extends Event {
  readonly report: ProbeReport;

  constructor(report: ProbeReport) {
    super("probe");
    this.report = report;
  }
}

/** The monitor's events by name. */
export interface MonitorEvents {
  readonly transition: TransitionEvent;
  readonly probe: ProbeEvent;
}

/** What `addEventListener` of a monitor takes. */
export type MonitorListener<Name extends string> = Name extends keyof MonitorEvents
  ? ((event: MonitorEvents[Name]) => void) | { handleEvent(event: MonitorEvents[Name]): void }
  : (event: Event) => void;
