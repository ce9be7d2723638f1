/**
 * Watches the targets of a group with real probes, and tells what their state asks of a data plane.
 *
 * @example
 * ```ts
 * import { createHealthMonitor } from "@edgekit/health/monitor";
 *
 * const monitor = createHealthMonitor({
 *   healthCheck: { protocol: "HTTP", path: "/healthz", intervalMs: 10_000, healthyThreshold: 3 },
 *   attributes: { connectionTerminationOnUnhealthy: false, drainingIntervalMs: 60_000 },
 *   onEffect: (key, effect) => console.log(key, effect.type),
 * });
 * monitor.addEventListener("transition", ({ transition }) => console.log(transition.key, transition.to.name));
 * monitor.register({ id: "10.0.0.1", port: 80 });
 * monitor.describe(); // as DescribeTargetHealth
 * await monitor.close();
 * ```
 *
 * @module
 */

export type { Clock, Timer } from "./clock.ts";
export type { HealthCheck, HealthCheckOptions } from "./health-check.ts";
export { healthCheck } from "./health-check.ts";
export { type Matcher, parseMatcher } from "./matcher.ts";
export {
  createHealthMonitor,
  type HealthMonitor,
  type MonitorStatistics,
  type TargetDescription,
} from "./monitor.ts";
export {
  type MonitorEvents,
  type MonitorListener,
  ProbeEvent,
  type ProbeReport,
  type Transition,
  TransitionEvent,
} from "./monitor-event.ts";
export { networkProbe } from "./network-probe.ts";
export type { GroupAttributes, MonitorOptions, MonitorSettings } from "./options.ts";
export type { ProbeFunction, ProbeRequest, ProbeResult } from "./probe.ts";
export { systemClock, systemRandom } from "./system-clock.ts";
export { type Target, targetKey } from "./target.ts";
export { VirtualClock } from "./virtual-clock.ts";
