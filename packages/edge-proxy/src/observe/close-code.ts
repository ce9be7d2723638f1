import type { CloseReason } from "../data/close-reason.ts";
import type { RefusalReason } from "../data/flow-observer.ts";

/**
 * An ending in two letters, for people who know HAProxy's logs by heart. The first says who or what ended it:
 * `C` client, `S` target, `P` a limit of the proxy, `R` a resource that had run out, `K` killed by the proxy's operator, `D` the
 * target was found unhealthy, `c` and `s` a time limit of the client's or the target's side, `I` an error inside, `-` nothing:
 * it ended well. The second says when: `C` while the target was being connected, `D` afterwards, `-` at a proper end.
 */
export function closeCode({ side, kind }: CloseReason, wasConnected: boolean): string {
  if (kind === "fin" && wasConnected) return "--";
  return `${causeLetter(side, kind)}${wasConnected ? "D" : "C"}`;
}

function causeLetter(side: CloseReason["side"], kind: CloseReason["kind"]): string {
  switch (kind) {
    case "timeout":
      return side === "target" ? "s" : "c";
    case "drain":
    case "deregistered":
    case "weight-zero":
      return "K";
    case "unhealthy":
      return "D";
    case "no-target":
      return "S";
    case "port-allocation":
    case "source-collision":
      return "R";
    default:
      return { client: "C", target: "S", proxy: "I" }[side];
  }
}

/** The same for a client that got no flow. */
export function refusalCode(reason: RefusalReason): string {
  return {
    limit: "PC",
    source_limit: "PC",
    dead_on_arrival: "CC",
    no_target: "SC",
    port_allocation: "RC",
    hairpin: "PC",
  }[reason];
}
