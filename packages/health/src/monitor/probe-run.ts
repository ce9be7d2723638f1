import type { Clock, Timer } from "./clock.ts";
import type { LoopWatch } from "./loop-watch.ts";
import type { ProbeFunction, ProbeRequest, ProbeResult } from "./probe.ts";

/** The share of the timeout that our event loop may be late before a silent target gets the benefit of the doubt. */
const TOLERATED_LATENESS = 0.25;

/** What a probe runs on, and whom it tells. */
export interface ProbeRunOptions {
  readonly clock: Clock;
  readonly watch: LoopWatch;
  readonly probe: ProbeFunction;
  readonly request: Omit<ProbeRequest, "signal">;
  /** The verdict: the result, or a timeout if that comes first. At most once; never after `abort`. */
  readonly onResult: (result: ProbeResult) => void;
  /** The probe function has let go. Once, last. */
  readonly onSettled: () => void;
}

/** One probe from start to end: its timeout, and whether its result can be believed. */
export class ProbeRun {
  readonly startedAtMs: number;
  /** Resolves when the probe function has let go. */
  settled: Promise<void> = Promise.resolve();
  readonly #options: ProbeRunOptions;
  readonly #abort = new AbortController();
  #lateBeforeMs: number;
  #phase: "running" | "decided" | "aborted" = "running";
  #timer: Timer | undefined;

  constructor(options: ProbeRunOptions) {
    this.#options = options;
    this.startedAtMs = options.clock.now();
    this.#lateBeforeMs = options.watch.begin(options.request.check.timeoutMs);
  }

  /** The verdict was a timeout, and the probe function still has not let go. */
  get isHanging(): boolean {
    return this.#phase === "decided";
  }

  start(): void {
    const { clock, probe, request } = this.#options;
    if (this.#phase === "aborted") {
      this.#settle();
      return;
    }
    let result: ProbeResult | Promise<ProbeResult>;
    try {
      result = probe({ ...request, signal: this.#abort.signal });
    } catch (error) {
      result = thrown(error);
    }
    if (!("then" in result)) {
      this.#decide(result);
      this.#settle();
      return;
    }
    const { timeoutMs } = request.check;
    this.#timer = clock.setTimer(timeoutMs, () => {
      this.#decide({ outcome: "failed", failure: "timeout", detail: `no answer within ${timeoutMs} ms` });
      this.#abort.abort();
    });
    this.settled = result.catch(thrown).then((value) => {
      this.#decide(value);
      this.#settle();
    });
  }

  /** The verdict on one more interval without an answer, for a probe function that holds on after its timeout. */
  hang(): ProbeResult {
    const result = this.#believe({ outcome: "failed", failure: "timeout", detail: "the last probe still hangs" });
    this.#lateBeforeMs = this.#options.watch.lateMs();
    return result;
  }

  /** Ends the probe without a verdict. */
  abort(): void {
    this.#phase = "aborted";
    if (this.#timer) this.#options.clock.clear(this.#timer);
    this.#abort.abort();
  }

  #decide(result: ProbeResult): void {
    if (this.#phase !== "running") return;
    this.#phase = "decided";
    if (this.#timer) this.#options.clock.clear(this.#timer);
    this.#options.onResult(this.#believe(result));
  }

  #settle(): void {
    this.#options.watch.end();
    this.#options.onSettled();
  }

  /** While this process could not listen, silence proves nothing, nor does a peer that lost its patience. */
  #believe(result: ProbeResult): ProbeResult {
    if (result.outcome !== "failed" || result.certain) return result;
    const lateMs = this.#options.watch.lateMs() - this.#lateBeforeMs;
    if (lateMs <= this.#options.request.check.timeoutMs * TOLERATED_LATENESS) return result;
    return { outcome: "inconclusive", detail: `${result.detail}; our event loop was late by ${Math.round(lateMs)} ms` };
  }
}

function thrown(error: unknown): ProbeResult {
  return { outcome: "failed", failure: "failed", detail: error instanceof Error ? error.message : String(error) };
}
