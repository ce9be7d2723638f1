import type { CloseReason } from "../data/close-reason.ts";
import type { FlowInfo, FlowObserver, Refusal } from "../data/flow-observer.ts";
import type { Entry } from "../data/routes.ts";
import { closeCode, refusalCode } from "./close-code.ts";
import { listenerName } from "./flow-tally.ts";

/**
 * One line of the flow log: a flow that has ended, or a client that was turned away. Where OpenTelemetry has a name for
 * something, that is the key. Keys keep their meaning; new ones may be added. See docs/flow-log.md.
 */
export interface FlowLogLine {
  /** When it ended: UTC, ISO 8601, milliseconds. */
  readonly ts: string;
  /** Counts up from the start of the process. */
  readonly flow: string;
  readonly load_balancer: string;
  /** The load balancer's name and its listener's port, as in the metrics. */
  readonly listener: string;
  readonly zone: string;
  /** Only for a client that came through a VPC endpoint. */
  readonly vpc_endpoint?: string;
  /** Absent for a client that was gone before anybody looked. */
  readonly "client.address"?: string;
  readonly "client.port"?: number;
  readonly "network.transport": "tcp";
  /** Absent, as everything about the target, for a client that was turned away. */
  readonly target_group?: string;
  /** Id and port, as in DescribeTargetHealth. */
  readonly target?: string;
  /** Who the target saw as its peer. Absent for a flow whose target did not accept. */
  readonly "source.address"?: string;
  readonly "source.port"?: number;
  /** Payload bytes from the client. */
  readonly bytes_in: number;
  /** Payload bytes from the target. */
  readonly bytes_out: number;
  /** From the client's connection to the close of both sides. */
  readonly duration_s: number;
  /** How long the target took to accept. */
  readonly connect_s?: number;
  /** `side.kind`, e.g. `target.rst`; `refused.` and the reason for a client that was turned away. */
  readonly close: string;
  /** The same in two letters like HAProxy's; see docs/flow-log.md. */
  readonly close_code: string;
  /** The system's name for the error, or else the kind of ending. Absent where both sides said FIN. */
  readonly "error.type"?: string;
  /** The PROXY header that the target got: `v2`, or `v2+vpce` with a VPC endpoint's id. Absent when it got none. */
  readonly pp2?: "v2" | "v2+vpce";
}

/** Writes a line for each flow that ends and each client that is turned away. */
export class FlowLog implements FlowObserver {
  readonly #write: (line: string) => void;
  readonly #wallClockMs: () => number;
  /** By the flows' places. Where a flow came from can be asked only while it stands. */
  readonly #sources: FlowInfo["source"][] = [];

  constructor(write: (line: string) => void, wallClockMs: () => number) {
    this.#write = write;
    this.#wallClockMs = wallClockMs;
  }

  flowConnected({ place, source }: FlowInfo): void {
    this.#sources[place] = source;
  }

  flowClosed(flow: FlowInfo, reason: CloseReason): void {
    const { id, place, entry, forward, route, openedMs, connectedMs, closedMs = openedMs } = flow;
    const source = this.#sources[place];
    this.#sources[place] = undefined;
    this.#log(id, entry, {
      "client.address": flow.clientAddress,
      "client.port": flow.clientPort,
      "network.transport": "tcp",
      target_group: forward.group,
      target: route.key,
      "source.address": source?.address,
      "source.port": source?.port,
      bytes_in: flow.bytesFromClient,
      bytes_out: flow.bytesFromTarget,
      duration_s: seconds(closedMs - openedMs),
      connect_s: connectedMs === undefined ? undefined : seconds(connectedMs - openedMs),
      close: `${reason.side}.${reason.kind}`,
      close_code: closeCode(reason, connectedMs !== undefined),
      "error.type": reason.errno ?? (reason.kind === "fin" ? undefined : reason.kind),
      pp2: flow.headerBytes === 0 ? undefined : entry.vpcEndpointId === undefined ? "v2" : "v2+vpce",
    });
  }

  flowRefused(refusal: Refusal): void {
    const { id, entry, reason } = refusal;
    this.#log(id, entry, {
      "client.address": refusal.clientAddress,
      "client.port": refusal.clientPort,
      "network.transport": "tcp",
      bytes_in: 0,
      bytes_out: 0,
      duration_s: 0,
      close: `refused.${reason}`,
      close_code: refusalCode(reason),
      "error.type": reason,
    });
  }

  #log(id: number, entry: Entry, rest: LineRest): void {
    const { loadBalancer, listenerPort, zone, vpcEndpointId } = entry;
    const line = {
      ts: new Date(this.#wallClockMs()).toISOString(),
      flow: String(id),
      load_balancer: loadBalancer,
      listener: listenerName(loadBalancer, listenerPort),
      zone,
      vpc_endpoint: vpcEndpointId,
      ...rest,
    } satisfies Loose<FlowLogLine>;
    // What is undefined is left out.
    this.#write(`${JSON.stringify(line)}\n`);
  }
}

/** A line in which what is optional may also be undefined. */
type Loose<Line> = { readonly [Key in keyof Line]: undefined extends Line[Key] ? Line[Key] | undefined : Line[Key] };
type LineRest = Loose<Omit<FlowLogLine, "ts" | "flow" | "load_balancer" | "listener" | "zone" | "vpc_endpoint">>;

/** To the microsecond: more digits would say nothing. */
function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}
