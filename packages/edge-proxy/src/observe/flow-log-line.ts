import type { CloseReason } from "../data/close-reason.ts";
import type { FlowInfo, Refusal } from "../data/flow-observer.ts";
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

/** A line before it is written: what is undefined will be left out. */
export type UnwrittenLine = {
  readonly [Key in keyof FlowLogLine]: undefined extends FlowLogLine[Key]
    ? FlowLogLine[Key] | undefined
    : FlowLogLine[Key];
};

/**
 * The line of a flow that has ended.
 * @param source who the target saw as its peer
 * @param nowMs milliseconds since 1970
 */
export function lineOfFlow(
  flow: FlowInfo,
  reason: CloseReason,
  source: FlowInfo["source"],
  nowMs: number,
): UnwrittenLine {
  const { id, entry, forward, route, openedMs, connectedMs, closedMs = openedMs } = flow;
  return {
    ...beginning(id, entry, nowMs),
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
  };
}

/** The line of a client that was turned away. To be made during the call of `flowRefused`. */
export function lineOfRefusal(refusal: Refusal, nowMs: number): UnwrittenLine {
  const { id, entry, clientAddress, clientPort, reason } = refusal;
  return {
    ...beginning(id, entry, nowMs),
    "client.address": clientAddress,
    "client.port": clientPort,
    "network.transport": "tcp",
    bytes_in: 0,
    bytes_out: 0,
    duration_s: 0,
    close: `refused.${reason}`,
    close_code: refusalCode(reason),
    "error.type": reason,
  };
}

function beginning(
  id: number,
  { loadBalancer, listenerPort, zone, vpcEndpointId }: Entry,
  nowMs: number,
): Pick<UnwrittenLine, "ts" | "flow" | "load_balancer" | "listener" | "zone" | "vpc_endpoint"> {
  return {
    ts: new Date(nowMs).toISOString(),
    flow: String(id),
    load_balancer: loadBalancer,
    listener: listenerName(loadBalancer, listenerPort),
    zone,
    vpc_endpoint: vpcEndpointId,
  };
}

/** To the microsecond: more digits would say nothing. */
function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}
