import type { CloseReason } from "../data/close-reason.ts";
import type { FlowInfo, FlowObserver, Refusal } from "../data/flow-observer.ts";
import { hostPort } from "../model/host-port.ts";
import { listenerName } from "./flow-tally.ts";

/** How a flow ended, or why a client got none. */
export interface FlowEnd {
  /** Counts up from the start of the process, as in the flow log. */
  readonly flow: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly listener: string;
  /** Null for a client that was gone before anybody looked; so are the next two for one that got no flow. */
  readonly client: string | null;
  readonly targetGroup: string | null;
  readonly target: string | null;
  /** As in the flow log: `side.kind`, or `refused.` and the reason. */
  readonly close: string;
  /** The system's name for the error. */
  readonly errno: string | null;
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  readonly durationSeconds: number;
}

/** An ending as it is kept: nothing is written out before somebody asks, because that costs more than a short flow may. */
interface Kept {
  readonly id: number;
  readonly atMs: number;
  readonly loadBalancer: string;
  readonly listenerPort: number;
  readonly clientAddress: string | undefined;
  readonly clientPort: number | undefined;
  readonly group: string | null;
  readonly target: string | null;
  readonly side: string;
  readonly kind: string;
  readonly errno: string | null;
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  readonly durationMs: number;
}

const capacity = 50;

/** The last fifty endings. */
export class RecentEnds implements FlowObserver {
  readonly #wallClockMs: () => number;
  /** A ring; the oldest one is overwritten. */
  readonly #ring: Kept[] = [];
  #count = 0;

  constructor(wallClockMs: () => number) {
    this.#wallClockMs = wallClockMs;
  }

  flowClosed(flow: FlowInfo, { side, kind, errno }: CloseReason): void {
    const { id, entry, forward, route, openedMs, closedMs = openedMs } = flow;
    this.#keep({
      id,
      atMs: this.#wallClockMs(),
      loadBalancer: entry.loadBalancer,
      listenerPort: entry.listenerPort,
      clientAddress: flow.clientAddress,
      clientPort: flow.clientPort,
      group: forward.group,
      target: route.key,
      side,
      kind,
      errno: errno ?? null,
      bytesFromClient: flow.bytesFromClient,
      bytesFromTarget: flow.bytesFromTarget,
      durationMs: closedMs - openedMs,
    });
  }

  flowRefused({ id, entry, clientAddress, clientPort, reason }: Refusal): void {
    this.#keep({
      id,
      atMs: this.#wallClockMs(),
      loadBalancer: entry.loadBalancer,
      listenerPort: entry.listenerPort,
      clientAddress,
      clientPort,
      group: null,
      target: null,
      side: "refused",
      kind: reason,
      errno: null,
      bytesFromClient: 0,
      bytesFromTarget: 0,
      durationMs: 0,
    });
  }

  /** The latest one first. */
  list(): FlowEnd[] {
    const oldest = this.#count % capacity;
    return [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)].reverse().map(writeOut);
  }

  #keep(kept: Kept): void {
    this.#ring[this.#count++ % capacity] = kept;
  }
}

function writeOut(kept: Kept): FlowEnd {
  const { id, atMs, loadBalancer, listenerPort, clientAddress, clientPort, group, target, side, kind } = kept;
  return {
    flow: id,
    at: new Date(atMs).toISOString(),
    listener: listenerName(loadBalancer, listenerPort),
    client: clientAddress === undefined || clientPort === undefined ? null : hostPort(clientAddress, clientPort),
    targetGroup: group,
    target,
    close: `${side}.${kind}`,
    errno: kept.errno,
    bytesFromClient: kept.bytesFromClient,
    bytesFromTarget: kept.bytesFromTarget,
    durationSeconds: Math.round(kept.durationMs * 1000) / 1_000_000,
  };
}
