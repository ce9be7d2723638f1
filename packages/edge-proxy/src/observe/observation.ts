import type { HealthMonitor } from "@edgekit/health/monitor";
import type { DnsObserver } from "../api/dns/dns-observer.ts";
import type { HealthObserver } from "../control/health-observer.ts";
import type { FlowInfo, FlowObserver } from "../data/flow-observer.ts";
import { type CloudWatchView, cloudWatchView } from "./cloudwatch.ts";
import { DnsTally } from "./dns-tally.ts";
import { expose } from "./exposition.ts";
import { countFileDescriptors } from "./file-descriptors.ts";
import { FlowLog } from "./flow-log.ts";
import { type FlowLogFilter, fits } from "./flow-log-filter.ts";
import type { UnwrittenLine } from "./flow-log-line.ts";
import { FlowTally } from "./flow-tally.ts";
import { HealthTally } from "./health-tally.ts";
import { openFile, standardOutput } from "./line-destination.ts";
import { type LineDestination, LineWriter } from "./line-writer.ts";
import { LoopDelay } from "./loop-delay.ts";
import { metrics } from "./metrics.ts";
import type { Observed } from "./observed.ts";
import { RecentEnds } from "./recent-ends.ts";
import { takeScrape } from "./scrape.ts";
import { type StateInParts, stateInParts } from "./state.ts";
import { type TargetState, targetState } from "./target-group-state.ts";
import { TargetHistory } from "./target-history.ts";

export interface ObservationOptions {
  /** Where the flow log goes: a file, or standard output; undefined for nowhere. */
  readonly flowLog: { readonly file?: string | undefined } | undefined;
  /** Milliseconds since 1970. */
  readonly wallClockMs: () => number;
}

/** All ways of looking at a running stand-in: metrics, CloudWatch's names for them, and the flow log. */
export class Observation {
  readonly flowObservers: readonly FlowObserver[];
  readonly healthObserver: HealthObserver;
  readonly dnsObserver: DnsObserver;
  readonly #flowLogOption: ObservationOptions["flowLog"];
  readonly #flowLog: FlowLog;
  readonly #flows = new FlowTally();
  readonly #health = new HealthTally();
  readonly #dns = new DnsTally();
  readonly #history: TargetHistory;
  readonly #ends: RecentEnds;
  readonly #startedAtMs: number;
  readonly #loopDelay = new LoopDelay();
  #writer: LineWriter | undefined;

  constructor({ flowLog, wallClockMs }: ObservationOptions) {
    this.#flowLogOption = flowLog;
    this.#flowLog = new FlowLog(wallClockMs);
    this.#startedAtMs = wallClockMs();
    this.#history = new TargetHistory(wallClockMs);
    this.#ends = new RecentEnds(wallClockMs);
    this.healthObserver = {
      targetChecked: (group, report) => {
        this.#health.targetChecked(group, report);
        this.#history.targetChecked(group, report);
      },
      targetChanged: (group, transition) => {
        this.#health.targetChanged(group, transition);
        this.#history.targetChanged(group, transition);
      },
    };
    this.dnsObserver = this.#dns;
    this.flowObservers = [this.#flows, this.#ends, this.#flowLog];
  }

  get logLinesDropped(): number {
    return this.#writer?.dropped ?? 0;
  }

  /**
   * @param isServed whether metrics can be asked for over HTTP
   * @throws EdgeProxyError `EDGE_LOG_UNWRITABLE`
   */
  open(isServed: boolean): void {
    if (this.#flowLogOption !== undefined) {
      const { file } = this.#flowLogOption;
      const writer = new LineWriter(file === undefined ? standardOutput() : openFile(file));
      this.#flowLog.add({ wants: () => true, write: (line) => writer.write(line) });
      this.#writer = writer;
    }
    if (isServed) this.#loopDelay.start();
  }

  /** Whether anybody reads the flow log. */
  get isFlowLogRead(): boolean {
    return this.#flowLog.isRead;
  }

  /**
   * Writes the lines of the flow log from now on that fit. Where the reader is too slow, a line says how many are missing.
   * @param flows those that stand now
   * @returns ends it, with the last lines
   */
  follow(filter: FlowLogFilter, destination: LineDestination, flows: Iterable<FlowInfo>): () => Promise<void> {
    const writer = new LineWriter(destination, (lines) => `${JSON.stringify({ lines_dropped: lines })}\n`);
    const reader = {
      wants: (line: UnwrittenLine) => fits(filter, line),
      write: (line: string) => writer.write(line),
    };
    this.#flowLog.add(reader);
    void this.#flowLog.learn(flows);
    return async () => {
      this.#flowLog.remove(reader);
      await writer.close();
    };
  }

  /** The answer of `/metrics`. */
  async metrics(observed: () => Observed): Promise<string> {
    const fdsOpen = await countFileDescriptors();
    const now = observed();
    this.forget(now);
    return expose(metrics, takeScrape(now, this.#flows, this.#health, this.#dns, this.#loopDelay, fdsOpen));
  }

  cloudWatch(observed: Observed): CloudWatchView {
    return cloudWatchView(observed, this.#flows);
  }

  /** The answer of `/api/state`, in parts that are made as it is written. */
  stateInParts(observed: Observed, targetLimit: number): StateInParts {
    const remembered = {
      startedAtMs: this.#startedAtMs,
      flows: this.#flows,
      history: this.#history,
      ends: this.#ends,
    };
    return stateInParts(observed, remembered, targetLimit);
  }

  /** A target of the config as `/api/state` has it; undefined when there is none. */
  targetState(observed: Observed, group: string, key: string): TargetState | undefined {
    return targetState(group, key, observed, this.#history, this.#flows);
  }

  /** Forgets the numbers of load balancers, groups and targets that are gone. */
  forget({ model, monitor, traffic }: Observed): void {
    const loadBalancers = new Set(model.loadBalancers.map(({ name }) => name));
    const groups = new Map(model.targetGroups.map(({ name }) => [name, monitor(name)]));
    const hasTarget = (group: string, key: string): boolean => isKnown(groups.get(group), key);
    this.#health.prune((group) => groups.has(group));
    this.#history.prune(hasTarget);
    this.#flows.prune(
      {
        hasLoadBalancer: (name) => loadBalancers.has(name),
        hasGroup: (name) => groups.has(name),
        hasTarget,
      },
      traffic.flows,
    );
  }

  /** Writes the flow log's last lines. */
  async close(): Promise<void> {
    this.#loopDelay.stop();
    await this.#writer?.close();
    this.#writer = undefined;
  }
}

function isKnown(monitor: HealthMonitor | undefined, key: string): boolean {
  const state = monitor?.state(key);
  return state !== undefined && !(state.name === "unused" && state.reason === "Target.NotRegistered");
}
