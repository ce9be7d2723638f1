/**
 * A local stand-in for an AWS Network Load Balancer, for programs and tests.
 *
 * @example
 * ```ts
 * import { createEdgeProxy } from "@edgekit/edge-proxy";
 *
 * await using nlb = await createEdgeProxy({
 *   admin: false,
 *   loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
 *   targetGroups: [
 *     {
 *       name: "app",
 *       port: 3000,
 *       attributes: { "proxy_protocol_v2.enabled": true },
 *       targets: [{ id: "127.0.0.1" }],
 *     },
 *   ],
 * }).start();
 * const { address, port } = nlb.listeners[0];
 * ```
 *
 * @module
 */

export type { ProbeFunction, ProbeRequest, ProbeResult } from "@edgekit/health/monitor";
export type {
  AdminConfig,
  AttributesConfig,
  DnsConfig,
  EdgeProxyConfig,
  FlowLogConfig,
  HealthCheckConfig,
  LimitsConfig,
  ListenerConfig,
  LoadBalancerConfig,
  SubnetConfig,
  TargetConfig,
  TargetGroupConfig,
  VpcEndpointConfig,
  WeightedGroupConfig,
  ZoneConfig,
} from "./api/config/config.ts";
export type { Clock, Timer } from "./clock.ts";
export type { ClientIpChoice, ClientIpChoices } from "./control/client-ip.ts";
export type { TargetHealthDescription } from "./control/describe-target-health.ts";
export type { ExplainedGroup, ExplainedTarget, ExplainQuestion, Explanation } from "./control/explain.ts";
export type { ExplainedSource } from "./control/explain-source.ts";
export type { HeaderPart } from "./control/header-part.ts";
export type { Limits } from "./control/limits.ts";
export type { CloseReason } from "./data/close-reason.ts";
export type { FlowInfo, FlowObserver, Refusal, RefusalReason } from "./data/flow-observer.ts";
export type { ClientIpWay, Entry, Forward, TargetRoute } from "./data/routes.ts";
export type { Source } from "./data/source.ts";
export {
  createEdgeProxy,
  type DnsAt,
  EdgeProxy,
  type EdgeProxyOptions,
  type ListeningAt,
  type Reloaded,
} from "./edge-proxy.ts";
export { EdgeProxyError, type EdgeProxyErrorCode } from "./error.ts";
export type { Change } from "./model/diff.ts";
export type { CloudWatchDatum, CloudWatchView } from "./observe/cloudwatch.ts";
export type { FlowLogLine } from "./observe/flow-log.ts";
