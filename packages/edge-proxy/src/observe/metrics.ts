import { dnsMetrics } from "./dns-metrics.ts";
import type { Family } from "./exposition.ts";
import { flowMetrics } from "./flow-metrics.ts";
import { healthMetrics } from "./health-metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import type { Scrape } from "./scrape.ts";

/**
 * Every metric of `/metrics`. Names have a unit, labels have few values: a client's address is never one.
 * docs/metrics.md is made from this.
 */
export const metrics: readonly Family<Scrape>[] = [...flowMetrics, ...healthMetrics, ...dnsMetrics, ...processMetrics];
