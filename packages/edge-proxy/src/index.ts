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
export type { DnsAt } from "./control/dns-at.ts";
export type { ExplainedGroup, ExplainedTarget, ExplainQuestion, Explanation } from "./control/explain.ts";
export type { ExplainedSource } from "./control/explain-source.ts";
export type { HeaderPart } from "./control/header-part.ts";
export type { Limits } from "./control/limits.ts";
export type { ListeningAt } from "./control/listening-at.ts";
export type { CloseReason } from "./data/close-reason.ts";
export type { FlowInfo, FlowObserver, FlowState, Refusal, RefusalReason } from "./data/flow-observer.ts";
export type { ClientIpWay, Entry, Forward, TargetRoute } from "./data/routes.ts";
export type { Source } from "./data/source.ts";
export { createEdgeProxy, EdgeProxy } from "./edge-proxy.ts";
export type { EdgeProxyOptions, Reloaded } from "./edge-proxy-options.ts";
export { EdgeProxyError, type EdgeProxyErrorCode } from "./error.ts";
export type { InheritedSockets, SocketDescriptors } from "./inherited-sockets.ts";
export type { OffOr } from "./model/attribute.ts";
export type { Change } from "./model/diff.ts";
export type { HealthCheck } from "./model/health-check.ts";
export type { Zone } from "./model/load-balancer.ts";
export type { TargetGroupAttributes } from "./model/target-group-attributes.ts";
export type { CloudWatchDatum, CloudWatchView } from "./observe/cloudwatch.ts";
export type { FlowCounters } from "./observe/counters.ts";
export type { FlowList, FlowQuery, FlowRow } from "./observe/flow-list.ts";
export type { FlowLogLine } from "./observe/flow-log-line.ts";
export type { ConfigStatus, Readiness } from "./observe/observed.ts";
export type { FlowEnd } from "./observe/recent-ends.ts";
export type { EdgeProxyState, LoadBalancerState, WorkerState } from "./observe/state.ts";
export type { TargetGroupState, TargetState, ZoneVerdict } from "./observe/target-group-state.ts";
export type { LastCheck } from "./observe/target-history.ts";
export type { TargetTotals } from "./observe/target-totals.ts";
