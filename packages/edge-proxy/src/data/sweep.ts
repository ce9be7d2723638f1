import type { Flow } from "./flow.ts";

/** Time limits of flows, in milliseconds. The idle timeout is not among them: it belongs to the entry. */
export interface FlowTimeouts {
  /** How long a target may take to accept. */
  readonly connectMs: number;
  /** How long an expired flow is kept, so that the side that sends next is reset. */
  readonly expiredMs: number;
  /** How long what was read before a reset may take to be written. */
  readonly lingerMs: number;
}

/** Ends flows that have waited too long. One pass over all flows about once a second replaces a timer for each. */
export function sweep(flows: Iterable<Flow>, nowMs: number, timeouts: FlowTimeouts): void {
  for (const flow of flows) {
    const restedMs = nowMs - flow.activeMs;
    switch (flow.state) {
      case "dialing":
        if (nowMs - flow.openedMs >= timeouts.connectMs) {
          flow.terminate({ side: "target", kind: "timeout", errno: "ETIMEDOUT" });
        }
        break;
      case "open":
        if (restedMs < flow.entry.idleTimeoutMs) break;
        // In a half-closed flow one side will never send again, and so would never learn of the end.
        if (flow.halfClosed) flow.terminate({ side: "proxy", kind: "timeout" });
        else flow.expire();
        break;
      case "expired":
        if (restedMs >= timeouts.expiredMs) flow.terminate({ side: "proxy", kind: "timeout" });
        break;
      case "closing":
        if (restedMs >= timeouts.lingerMs) flow.terminate({ side: "proxy", kind: "timeout" });
        break;
    }
  }
}
