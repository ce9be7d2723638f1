import type { ProcessNumbers } from "../data/carrier.ts";
import type { FlowInfo } from "../data/flow-observer.ts";
import type { DnsTally } from "./dns-tally.ts";
import type { EntryTally, FlowTally, GroupTally, ListenerTally, TargetTally } from "./flow-tally.ts";
import type { HealthTally } from "./health-tally.ts";
import type { LoopDelay } from "./loop-delay.ts";
import type { Observed } from "./observed.ts";

/** What metrics are made of, at one moment. */
export interface Scrape {
  readonly observed: Observed;
  readonly listeners: ReadonlyMap<string, ListenerTally>;
  readonly entries: readonly EntryTally[];
  readonly groups: readonly GroupSeries[];
  readonly targets: readonly TargetSeries[];
  readonly health: HealthTally["groups"];
  /** Undefined while no DNS server runs. */
  readonly dns: DnsTally | undefined;
  readonly loopDelay: ProcessNumbers["loopDelay"];
  /** In all processes. Undefined where the system does not tell. */
  readonly fdsOpen: number | undefined;
}

/** Flows from one listener to one target group. */
interface GroupSeries {
  readonly listener: string;
  readonly group: string;
  readonly tally: GroupTally;
}

/**
 * Flows from one listener to one target, those that stand included. A copy: it is written in slices, and while that goes on
 * flows come and go.
 */
interface TargetSeries {
  readonly listener: string;
  readonly group: string;
  readonly target: string;
  readonly opened: number;
  readonly active: number;
  readonly bytesFromClients: number;
  readonly bytesFromTargets: number;
  readonly headerBytes: number;
  readonly closed: readonly { readonly side: string; readonly kind: string; readonly count: number }[];
  readonly connectErrors: readonly (readonly [errno: string, count: number])[];
}

/** Gathers what a scrape needs. */
export function takeScrape(
  observed: Observed,
  flows: FlowTally,
  health: HealthTally,
  dns: DnsTally,
  loopDelay: LoopDelay,
  fdsOpen: number | undefined,
): Scrape {
  const live = liveByTarget(observed.traffic.flows, flows);
  const numbers = observed.traffic.processes.flatMap((process) => process.numbers ?? []);
  const groups = [...flows.listeners].flatMap(([listener, tally]) =>
    [...tally.groups].map(([group, tally]) => ({ listener, group, tally })),
  );
  return {
    observed,
    listeners: flows.listeners,
    entries: [...flows.entries.values()],
    groups,
    targets: groups.flatMap((group) =>
      [...group.tally.targets].map(([target, tally]) => targetSeries(group, target, tally, live.get(tally) ?? none)),
    ),
    health: health.groups,
    dns: observed.dns && dns,
    loopDelay: worst([loopDelay.take(), ...numbers.map((of) => of.loopDelay)]),
    fdsOpen: numbers.reduce(
      (sum, of) => (sum === undefined || of.fdsOpen === undefined ? undefined : sum + of.fdsOpen),
      fdsOpen,
    ),
  };
}

/** Of several processes: each percentile where it is highest. */
function worst(delays: readonly Scrape["loopDelay"][]): Scrape["loopDelay"] {
  const [own = [], ...others] = delays;
  return own.map(({ percentile, seconds }, i) => ({
    percentile,
    seconds: Math.max(seconds, ...others.map((delay) => delay[i]?.seconds ?? 0)),
  }));
}

interface LiveFlows {
  flows: number;
  bytesFromClients: number;
  bytesFromTargets: number;
  headerBytes: number;
}

const none: LiveFlows = { flows: 0, bytesFromClients: 0, bytesFromTargets: 0, headerBytes: 0 };

/** What flows that stand have carried until now. */
function liveByTarget(flows: Iterable<FlowInfo>, tally: FlowTally): ReadonlyMap<TargetTally, LiveFlows> {
  const live = new Map<TargetTally, LiveFlows>();
  for (const flow of flows) {
    const target = tally.target(flow);
    const sum = live.get(target) ?? { ...none };
    live.set(target, sum);
    sum.flows++;
    sum.bytesFromClients += flow.bytesFromClient;
    sum.bytesFromTargets += flow.bytesFromTarget;
    sum.headerBytes += flow.headerBytes;
  }
  return live;
}

function targetSeries(
  { listener, group }: GroupSeries,
  target: string,
  tally: TargetTally,
  live: LiveFlows,
): TargetSeries {
  return {
    listener,
    group,
    target,
    opened: tally.opened,
    active: live.flows,
    bytesFromClients: tally.bytesFromClients + live.bytesFromClients,
    bytesFromTargets: tally.bytesFromTargets + live.bytesFromTargets,
    headerBytes: tally.headerBytes + live.headerBytes,
    closed: [...tally.closed].flatMap(([side, kinds]) => [...kinds].map(([kind, count]) => ({ side, kind, count }))),
    connectErrors: [...tally.connectErrors],
  };
}
