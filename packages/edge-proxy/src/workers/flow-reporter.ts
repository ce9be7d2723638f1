import type { Clock, Timer } from "../clock.ts";
import type { CloseReason } from "../data/close-reason.ts";
import type { FlowInfo, FlowObserver, Refusal } from "../data/flow-observer.ts";
import type { FlowReport, FlowUpdate, ReportedRefusal } from "./flow-report.ts";

/** How long an update may wait for more to send together. A flow that has ended by then is reported once, not twice. */
const gatherMs = 20;

export interface FlowReporterOptions {
  readonly clock: Clock;
  /** Added to every time that is reported: from this process's clock to the primary process's. */
  readonly shiftMs: number;
  /** What the property of the same name is at the start. */
  readonly wantsSources: boolean;
  readonly send: (report: FlowReport) => void;
}

/** In a worker: gathers what happens to flows, for their observers in the primary process. */
export class FlowReporter implements FlowObserver {
  /** Whether to report the source of every flow, however short. It costs a system call for each. */
  wantsSources: boolean;
  readonly #options: FlowReporterOptions;
  #changed = new Map<FlowInfo, Change>();
  #refusals: ReportedRefusal[] = [];
  /** Flows that have been reported, and not as ended, by their places. */
  readonly #reported: (Reported | undefined)[] = [];
  /** Everything that flows did before this time has been reported. */
  #progressMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(options: FlowReporterOptions) {
    this.#options = options;
    this.wantsSources = options.wantsSources;
  }

  flowOpened(flow: FlowInfo): void {
    this.#change(flow);
  }

  flowConnected(flow: FlowInfo): void {
    const change = this.#change(flow);
    if (this.wantsSources) change.source = flow.source;
  }

  flowClosed(flow: FlowInfo, reason: CloseReason): void {
    this.#change(flow).reason = reason;
  }

  flowRefused({ entry, clientAddress, clientPort, reason }: Refusal): void {
    this.#refusals.push({ entry: entry.key, clientAddress, clientPort, reason });
    this.#soon();
  }

  /**
   * Reports everything, including what flows that stand have carried since the last call.
   * @param coarseNowMs the clock that the flows' `activeMs` is read from
   */
  progress(coarseNowMs: number): void {
    for (const reported of this.#reported) {
      if (reported !== undefined && reported.flow.activeMs >= this.#progressMs) this.#change(reported.flow);
    }
    this.#progressMs = coarseNowMs;
    this.flush();
  }

  /** Reports at once what has been gathered. */
  flush(): void {
    if (this.#timer !== undefined) this.#options.clock.clear(this.#timer);
    this.#timer = undefined;
    if (this.#changed.size === 0 && this.#refusals.length === 0) return;
    const flows: FlowUpdate[] = [];
    for (const [flow, change] of this.#changed) flows.push(this.#update(flow, change));
    const report = { flows, refusals: this.#refusals };
    this.#changed = new Map();
    this.#refusals = [];
    this.#options.send(report);
  }

  #change(flow: FlowInfo): Change {
    const known = this.#changed.get(flow);
    if (known !== undefined) return known;
    const change: Change = { source: undefined, reason: undefined };
    this.#changed.set(flow, change);
    this.#soon();
    return change;
  }

  #soon(): void {
    this.#timer ??= this.#options.clock.setTimer(gatherMs, () => this.flush());
  }

  #update(flow: FlowInfo, change: Change): FlowUpdate {
    const { shiftMs } = this.#options;
    const { place, state, connectedMs, activeMs, bytesFromClient, bytesFromTarget, headerBytes } = flow;
    const { reason } = change;
    const reported = this.#reported[place];
    // One that is over has no source any more that could be asked for.
    const source = change.source ?? (reason === undefined && reported?.withSource !== true ? flow.source : undefined);
    const withSource = source !== undefined || reported?.withSource === true;
    this.#reported[place] = reason === undefined ? { flow, withSource } : undefined;
    return {
      place,
      ...(reported === undefined && { opened: opened(flow, shiftMs) }),
      ...(connectedMs !== undefined && { connectedMs: connectedMs + shiftMs }),
      ...(source && { source }),
      state,
      activeMs: activeMs + shiftMs,
      bytesFromClient,
      bytesFromTarget,
      headerBytes,
      ...(reason && { closed: { atMs: (flow.closedMs ?? flow.openedMs) + shiftMs, reason } }),
    };
  }
}

/** A flow that the primary process knows of. */
interface Reported {
  readonly flow: FlowInfo;
  readonly withSource: boolean;
}

/** What is to be reported about a flow beside what can be read from the flow itself. */
interface Change {
  source: FlowInfo["source"];
  /** Set when the flow has ended. */
  reason: CloseReason | undefined;
}

function opened(flow: FlowInfo, shiftMs: number): FlowUpdate["opened"] & object {
  const { entry, forward, route, clientAddress, clientPort, openedMs } = flow;
  return {
    entry: entry.key,
    group: forward.group,
    target: route.key,
    clientAddress,
    clientPort,
    atMs: openedMs + shiftMs,
  };
}
