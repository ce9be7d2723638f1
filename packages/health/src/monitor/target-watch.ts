import type { Effect } from "../effect.ts";
import type { HealthEvent } from "../event.ts";
import { initialState, isChecked, nextDeadline, type TargetState } from "../state.ts";
import { step } from "../step.ts";
import type { Timer } from "./clock.ts";
import type { LoopWatch } from "./loop-watch.ts";
import type { ProbeReport } from "./monitor-event.ts";
import type { ResolvedOptions, ResolvedSettings } from "./options.ts";
import type { Pace } from "./pace.ts";
import type { ProbeResult } from "./probe.ts";
import type { ProbeLimit } from "./probe-limit.ts";
import { ProbeRun } from "./probe-run.ts";
import { type Target, targetKey } from "./target.ts";

/** What the watches of one group share. */
export interface WatchContext {
  readonly options: ResolvedOptions;
  readonly loop: LoopWatch;
  readonly limit: ProbeLimit<TargetWatch>;
  readonly pace: Pace;
  settings(): ResolvedSettings;
  onStep(watch: TargetWatch, from: TargetState, effects: readonly Effect[]): void;
  onProbe(watch: TargetWatch, report: ProbeReport): void;
}

/** One target of a monitor: its state, its deadline, and its probes, of which at most one runs. */
export class TargetWatch {
  readonly key: string;
  target: Target;
  forced: "pass" | "fail" | undefined;
  readonly #context: WatchContext;
  #state: TargetState = initialState();
  #lastProbe: ProbeResult | undefined;
  #deadline: { readonly atMs: number; readonly timer: Timer } | undefined;
  /** Probes come one after the other: the next one is set, waits for a place, or runs. */
  #isProbed = false;
  #probeTimer: Timer | undefined;
  #run: ProbeRun | undefined;
  #startedAtMs: number | undefined;
  /** A probe came due while the one before was running. */
  #isOverdue = false;

  constructor(target: Target, context: WatchContext) {
    this.key = targetKey(target);
    this.target = target;
    this.#context = context;
  }

  get state(): TargetState {
    return this.#state;
  }

  get lastProbe(): ProbeResult | undefined {
    return this.#lastProbe;
  }

  /** Resolves when no probe runs. */
  get settled(): Promise<void> {
    return this.#run?.settled ?? Promise.resolve();
  }

  dispatch(event: HealthEvent): void {
    const { options, pace, settings, onStep } = this.#context;
    const from = this.#state;
    const nowMs = options.clock.now();
    const { machine, healthCheck } = settings();
    const { state, effects } = step(from, event, nowMs, machine);
    this.#state = state;
    this.#armDeadline(nowMs);
    const isNew = state.name === "initial" && from.name !== "initial";
    if (!isChecked(state, machine)) this.#stopProbing();
    else if (isNew || !this.#isProbed) this.#scheduleProbe(pace.first(nowMs, healthCheck.intervalMs));
    onStep(this, from, effects);
  }

  /** The interval has changed. */
  reschedule(): void {
    const { options, pace, settings } = this.#context;
    if (this.#probeTimer === undefined || this.#startedAtMs === undefined) return;
    const { intervalMs } = settings().healthCheck;
    const delayMs = this.#startedAtMs + pace.next(intervalMs) - options.clock.now();
    this.#scheduleProbe(delayMs > 0 ? delayMs : pace.overdue(intervalMs));
  }

  /** Stops everything; the state stays readable. */
  close(): void {
    if (this.#deadline) this.#context.options.clock.clear(this.#deadline.timer);
    this.#deadline = undefined;
    this.#stopProbing();
  }

  #armDeadline(nowMs: number): void {
    const { clock } = this.#context.options;
    const atMs = nextDeadline(this.#state, this.#context.settings().machine);
    if (atMs === this.#deadline?.atMs) return;
    if (this.#deadline) clock.clear(this.#deadline.timer);
    if (atMs === undefined) {
      this.#deadline = undefined;
      return;
    }
    const timer = clock.setTimer(Math.max(0, atMs - nowMs), () => {
      // A timer may fire a little early; the step then changes nothing, and the rest is waited for.
      this.#deadline = undefined;
      this.dispatch({ type: "tick" });
    });
    this.#deadline = { atMs, timer };
  }

  #scheduleProbe(delayMs: number): void {
    const { clock } = this.#context.options;
    this.#isProbed = true;
    if (this.#probeTimer) clock.clear(this.#probeTimer);
    this.#probeTimer = clock.setTimer(delayMs, () => {
      this.#probeTimer = undefined;
      this.#probeDue();
    });
  }

  #stopProbing(): void {
    if (this.#probeTimer) this.#context.options.clock.clear(this.#probeTimer);
    this.#probeTimer = undefined;
    this.#isProbed = false;
    this.#isOverdue = false;
    this.#context.limit.giveUp(this);
    this.#run?.abort();
  }

  #probeDue(): void {
    const { limit, pace, settings } = this.#context;
    if (this.#run === undefined) {
      limit.enter(this, () => this.#probe());
      return;
    }
    // The next one starts when this one lets go. If that takes another interval, it counts as one more timeout.
    const isLongOverdue = this.#isOverdue;
    this.#isOverdue = true;
    this.#scheduleProbe(pace.next(settings().healthCheck.intervalMs));
    if (isLongOverdue && this.#run.isHanging) this.#conclude(this.#run, this.#run.hang());
  }

  #probe(): void {
    const { options, loop, pace, settings } = this.#context;
    const { healthCheck: check } = settings();
    const { target } = this;
    const run = new ProbeRun({
      clock: options.clock,
      watch: loop,
      probe: this.forced ? () => forcedResult(this.forced) : options.probe,
      request: {
        target,
        address: target.address ?? target.id,
        port: check.port === "traffic-port" ? target.port : check.port,
        check,
      },
      onResult: (result) => this.#conclude(run, this.forced ? forcedResult(this.forced) : result),
      onSettled: () => this.#probeSettled(),
    });
    this.#run = run;
    this.#startedAtMs = run.startedAtMs;
    this.#isOverdue = false;
    this.#scheduleProbe(pace.next(check.intervalMs));
    this.dispatch({ type: "checking" });
    run.start();
  }

  #probeSettled(): void {
    this.#run = undefined;
    this.#context.limit.leave(this);
    if (this.#isOverdue) this.#probeDue();
  }

  #conclude({ startedAtMs }: ProbeRun, result: ProbeResult): void {
    const { key, target } = this;
    const durationMs = this.#context.options.clock.now() - startedAtMs;
    this.#lastProbe = result;
    this.#context.onProbe(this, { key, target, result, startedAtMs, durationMs });
    this.dispatch(eventOf(result));
  }
}

function eventOf(result: ProbeResult): HealthEvent {
  switch (result.outcome) {
    case "ok":
      return { type: "probe-ok" };
    case "failed":
      return { type: "probe-failed", failure: result.failure };
    case "inconclusive":
      return { type: "probe-inconclusive" };
  }
}

function forcedResult(forced: "pass" | "fail" | undefined): ProbeResult {
  if (forced === "pass") return { outcome: "ok", detail: "forced" };
  return { outcome: "failed", failure: "failed", detail: "forced", certain: true };
}
