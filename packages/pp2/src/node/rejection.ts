import { type Endpoint, Pp2Error } from "../index.ts";

/**
 * Why a connection was not handed to the application:
 *
 * | reason | `code` | what happened |
 * |---|---|---|
 * | `untrusted` | `PP2_UNTRUSTED` | the peer is not in `trusted`; nothing was read from it |
 * | `malformed` | the decoder's code | the first bytes are not an acceptable header |
 * | `truncated` | `PP2_TRUNCATED` | FIN in the middle of the header |
 * | `reset` | `PP2_RESET` | RST, or another socket error, in the middle of the header |
 * | `timeout` | `PP2_HEADER_TIMEOUT` | no complete header within `headerTimeoutMs` of accept |
 * | `tooManyPending` | `PP2_TOO_MANY_PENDING` | it had waited longest when a connection more than `maxPending` came |
 * | `refused` | `PP2_REFUSED` | `validate` did not return `true`, or threw |
 * | `empty` | `PP2_EMPTY` | closed without a byte, as TCP health checks and port scans do |
 * | `deadOnArrival` | `PP2_DEAD_ON_ARRIVAL` | reset before it was accepted, so that it has no address any more |
 * | `closed` | `PP2_CLOSED` | the server was closed, the handle detached or the signal aborted in the meantime |
 */
export type RejectReason =
  | "untrusted"
  | "malformed"
  | "truncated"
  | "reset"
  | "timeout"
  | "tooManyPending"
  | "refused"
  | "empty"
  | "deadOnArrival"
  | "closed";

/** A connection that was not handed to the application. Its socket is destroyed. */
export interface Rejection {
  readonly reason: RejectReason;
  /** Stable, for programs; see {@link RejectReason}. */
  readonly code: string;
  /** For people; may change. */
  readonly message: string;
  /** Undefined when the connection was dead on arrival. */
  readonly peer: Endpoint | undefined;
  /** How many bytes of a header had come. */
  readonly bytesReceived: number;
  /** What `validate` or `trusted` threw, or the signal's reason. */
  readonly cause?: unknown;
}

/** What `acceptProxied` rejects with. */
export class ProxyProtocolError extends Pp2Error<string> implements Rejection {
  readonly reason: RejectReason;
  readonly peer: Endpoint | undefined;
  readonly bytesReceived: number;

  constructor({ reason, code, message, peer, bytesReceived, cause }: Rejection) {
    super(code, message, cause === undefined ? undefined : { cause });
    this.name = "ProxyProtocolError";
    this.reason = reason;
    this.peer = peer;
    this.bytesReceived = bytesReceived;
  }
}

/** The sentence for a header that did not come in time: silence has another usual cause than slowness. */
export function timeoutMessage(headerTimeoutMs: number, bytesReceived: number): string {
  const missing = `no complete PROXY header within ${headerTimeoutMs} ms of accept`;
  if (bytesReceived > 0) return `${missing}, only ${bytesReceived} bytes of one`;
  return (
    `${missing}, and not a byte. If clients wait for the server to speak first (SMTP, MySQL, FTP, SSH) behind an AWS ` +
    "Network Load Balancer, set the target group's attribute " +
    "proxy_protocol_v2.client_to_server.header_placement to on_first_ack: by default the load balancer sends the " +
    "header only with the client's first bytes"
  );
}
