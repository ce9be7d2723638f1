import { createHistogram } from "node:perf_hooks";

/** In microseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Node's HDR histogram: three significant digits from a microsecond to a minute, in a fixed amount of memory. */
export class LatencyRecorder {
  readonly #histogram = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 });

  record(milliseconds: number): void {
    this.#histogram.record(Math.max(1, Math.round(milliseconds * 1e6)));
  }

  summary(): Latency {
    const histogram = this.#histogram;
    const at = (percentile: number): number => histogram.percentile(percentile) / 1000;
    if (histogram.count === 0) return { count: 0, p50: 0, p99: 0, p999: 0, max: 0 };
    return { count: histogram.count, p50: at(50), p99: at(99), p999: at(99.9), max: histogram.max / 1000 };
  }
}
