import { Counter, Gauge, Registry, Histogram as TheirHistogram } from "prom-client";
import { describe, expect, it } from "vitest";
import { expose, type Family } from "./exposition.ts";
import { Histogram } from "./histogram.ts";

const labels = ["a", "b"] as const;
type Pair = readonly [value: number, a: string, b: string];

const odd: readonly Pair[] = [
  [0, "", "plain"],
  [1.5, 'quoted "text"', "back\\slash"],
  [1e21, "two\nlines", "ünïcode 🙂"],
  [-3, "{}=,", " "],
  [Number.POSITIVE_INFINITY, "inf", "+"],
  [Number.NEGATIVE_INFINITY, "inf", "-"],
];

function family(type: "counter" | "gauge", series: readonly Pair[]): Family<undefined> {
  const help = 'What "this" is: a \\ and\na second line.';
  return {
    name: `odd_${type}`,
    type,
    help,
    labels,
    collect: () => series,
  };
}

/** The lines, without the empty ones that prom-client puts between metrics. */
function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

describe("the text format", () => {
  it("is what prom-client writes for the same numbers, odd labels and numbers included", async () => {
    const countable = odd.filter(([value]) => value >= 0 && Number.isFinite(value));
    const gauges = family("gauge", odd);
    const counters = family("counter", countable);
    const registry = new Registry();
    const theirGauge = new Gauge({ name: gauges.name, help: gauges.help, labelNames: labels, registers: [registry] });
    for (const [value, a, b] of odd) theirGauge.set({ a, b }, value);
    const { name, help } = counters;
    const theirCounter = new Counter({ name, help, labelNames: labels, registers: [registry] });
    for (const [value, a, b] of countable) theirCounter.inc({ a, b }, value);
    expect(lines(await expose([gauges, counters], undefined))).toEqual(lines(await registry.metrics()));
  });

  it("writes a histogram as prom-client does: cumulative buckets, sum and count", async () => {
    const bounds = [0.25, 1, 2.5];
    const ours = new Histogram(bounds);
    const registry = new Registry();
    const config = { name: "seconds", help: "h", labelNames: ["a"], buckets: bounds, registers: [registry] };
    const theirs = new TheirHistogram(config);
    for (const seconds of [0, 0.25, 0.26, 1, 2, 2.5, 3, 100]) {
      ours.record(seconds);
      theirs.observe({ a: "x" }, seconds);
    }
    const text = await expose(
      [{ name: "seconds", type: "histogram", help: "h", labels: ["a"], collect: () => [[ours, "x"]] }],
      undefined,
    );
    // prom-client puts the bound before the other labels.
    const sorted = (line: string): string => line.replace(/\{le="([^"]*)",(.*)\}/, '{$2,le="$1"}');
    expect(lines(text)).toEqual(lines(await registry.metrics()).map(sorted));
  });

  it("names a metric that has no series yet", async () => {
    const text = await expose([family("gauge", [])], undefined);
    expect(lines(text)).toHaveLength(2);
  });
});
