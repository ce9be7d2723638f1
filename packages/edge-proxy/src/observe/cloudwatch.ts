import type { FlowInfo } from "../data/flow-observer.ts";
import { loadBalancerDimension, targetGroupDimension } from "../model/arn.ts";
import { groupNames, type LoadBalancer } from "../model/load-balancer.ts";
import { type TargetGroup, targetKey } from "../model/target-group.ts";
import type { EntryTally, FlowTally } from "./flow-tally.ts";
import type { Observed } from "./observed.ts";

/** A number as CloudWatch takes it; its API calls this a MetricDatum. */
export interface CloudWatchDatum {
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: DimensionName; readonly Value: string }[];
  readonly Value: number;
  readonly Unit: "Count" | "Bytes";
}

type DimensionName = "AvailabilityZone" | "LoadBalancer" | "TargetGroup";
type Dimensions = Partial<Record<DimensionName, string>>;

export interface CloudWatchView {
  readonly Namespace: "AWS/NetworkELB";
  readonly MetricData: readonly CloudWatchDatum[];
}

/**
 * The metrics of AWS/NetworkELB as far as they exist here, for each load balancer as a whole and in each zone. What AWS sums
 * per minute is the sum since the start. As on AWS, names with a protocol are given only when they are not zero.
 */
export function cloudWatchView(observed: Observed, flows: FlowTally): CloudWatchView {
  const live = liveByEntry(observed.traffic.flows);
  const data = observed.model.loadBalancers.flatMap((loadBalancer) => {
    const { name, zones } = loadBalancer;
    const LoadBalancer = loadBalancerDimension(loadBalancer);
    const entries = [...flows.entries].filter(([, entry]) => entry.loadBalancer === name);
    const groups = groupsOf(loadBalancer, observed);
    return [
      ...flowData({ LoadBalancer }, entries, live),
      ...groups.flatMap((group) =>
        hostData({ LoadBalancer, TargetGroup: targetGroupDimension(group) }, group.targets, group, observed),
      ),
      ...zones.flatMap((zone) => {
        const inZone = { AvailabilityZone: zone.name, LoadBalancer };
        const ofZone = entries.filter(([, entry]) => entry.zone === zone.name);
        const healthy = groups.every(
          ({ name }) => observed.monitor(name)?.verdicts().get(zone.name)?.dnsHealthy ?? true,
        );
        return [
          ...flowData(inZone, ofZone, live),
          datum("ZonalHealthStatus", inZone, healthy ? 1 : 0),
          ...groups.flatMap((group) => {
            const targets = group.targets.filter((target) => target.zone === zone.name);
            return hostData({ ...inZone, TargetGroup: targetGroupDimension(group) }, targets, group, observed);
          }),
        ];
      }),
    ];
  });
  return { Namespace: "AWS/NetworkELB", MetricData: data };
}

interface LiveFlows {
  flows: number;
  bytes: number;
}

function liveByEntry(flows: Iterable<FlowInfo>): ReadonlyMap<string, LiveFlows> {
  const live = new Map<string, LiveFlows>();
  for (const { entry, bytesFromClient, bytesFromTarget } of flows) {
    const sum = live.get(entry.name) ?? { flows: 0, bytes: 0 };
    sum.flows++;
    sum.bytes += bytesFromClient + bytesFromTarget;
    live.set(entry.name, sum);
  }
  return live;
}

function flowData(
  dimensions: Dimensions,
  entries: readonly (readonly [string, EntryTally])[],
  live: ReadonlyMap<string, LiveFlows>,
): CloudWatchDatum[] {
  const sum = (value: (entry: EntryTally, name: string) => number): number =>
    entries.reduce((total, [name, entry]) => total + value(entry, name), 0);
  const active = sum((_, name) => live.get(name)?.flows ?? 0);
  const opened = sum(({ counters }) => counters.flowsOpened);
  const bytes = sum(
    ({ counters }, name) => counters.bytesFromClients + counters.bytesFromTargets + (live.get(name)?.bytes ?? 0),
  );
  const rejected = sum(rejectedBy);
  const unhealthyRouting = sum(({ counters }) => counters.flowsRoutedUnhealthy);
  const always = [
    ["ActiveFlowCount", active],
    ["NewFlowCount", opened],
    ["ProcessedBytes", bytes],
    ["TCP_Client_Reset_Count", sum(({ counters }) => counters.closed["client.rst"] ?? 0)],
    ["TCP_Target_Reset_Count", sum((entry) => (entry.counters.closed["target.rst"] ?? 0) + entry.connectionsRefused)],
    ["TCP_ELB_Reset_Count", sum((entry) => resetByBalancer(entry) + rejectedBy(entry))],
    ["RejectedFlowCount", rejected],
    ["PortAllocationErrorCount", sum(({ counters }) => counters.portAllocationErrors)],
  ] as const;
  const unlessZero = [
    ["ActiveFlowCount_TCP", active],
    ["NewFlowCount_TCP", opened],
    ["ProcessedBytes_TCP", bytes],
    ["RejectedFlowCount_TCP", rejected],
    ["UnhealthyRoutingFlowCount", unhealthyRouting],
  ] as const;
  return [...always, ...unlessZero.filter(([, value]) => value !== 0)].map(([name, value]) =>
    datum(name, dimensions, value),
  );
}

/** Who was dead on arrival had gone by itself. */
function rejectedBy({ counters: { refused } }: EntryTally): number {
  const all = Object.values(refused).reduce((sum, count) => sum + count, 0);
  return all - refused.dead_on_arrival;
}

/** Flows that ended with a reset of the load balancer's own making. */
function resetByBalancer({ counters: { closed } }: EntryTally): number {
  const own = Object.entries(closed).filter(([reason]) => reason.startsWith("proxy.") || reason === "target.timeout");
  return own.reduce((sum, [, count]) => sum + count, 0);
}

/** Given only where there are targets. Those without a verdict yet, and draining ones, are neither. */
function hostData(
  dimensions: Dimensions,
  targets: TargetGroup["targets"],
  group: TargetGroup,
  observed: Observed,
): CloudWatchDatum[] {
  if (targets.length === 0) return [];
  const states = targets.map((target) => observed.monitor(group.name)?.state(targetKey(target)).name);
  const unhealthy = states.filter((state) => state === "unhealthy" || state === "unhealthy.draining");
  return [
    datum("HealthyHostCount", dimensions, states.filter((state) => state === "healthy").length),
    datum("UnHealthyHostCount", dimensions, unhealthy.length),
  ];
}

function groupsOf({ listeners }: LoadBalancer, { model }: Observed): TargetGroup[] {
  const names = new Set(listeners.flatMap(groupNames));
  return model.targetGroups.filter(({ name }) => names.has(name));
}

function datum(name: string, dimensions: Dimensions, value: number): CloudWatchDatum {
  return {
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name: Name as DimensionName, Value })),
    Value: value,
    Unit: name.startsWith("ProcessedBytes") ? "Bytes" : "Count",
  };
}
