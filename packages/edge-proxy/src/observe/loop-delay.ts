import { monitorEventLoopDelay } from "node:perf_hooks";

const resolutionMs = 20;
const secondsPerNanosecond = 1e-9;

/** How late the event loop is: every connection waits at least as long. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** In seconds, by percentile, since the last look. */
  take(): { readonly percentile: string; readonly seconds: number }[] {
    const histogram = this.#histogram;
    const { count } = histogram;
    const late = (nanoseconds: number): number =>
      // Node measures the time between two ticks of a timer, so its period is in there.
      count === 0 ? 0 : Math.max(0, (nanoseconds - resolutionMs * 1e6) * secondsPerNanosecond);
    const taken = [
      { percentile: "50", seconds: late(histogram.percentile(50)) },
      { percentile: "99", seconds: late(histogram.percentile(99)) },
      { percentile: "100", seconds: late(histogram.max) },
    ];
    histogram.reset();
    return taken;
  }
}
