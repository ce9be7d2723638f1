import type { FlowObserver } from "../data/flow-observer.ts";
import type { ControlPlane } from "./control-plane.ts";

/**
 * Live traffic as evidence: a target that does not accept a flow has failed a check, without waiting for the next one. The
 * reset of an accepted flow proves nothing, because many protocols end that way.
 */
export function passiveHealth(controlPlane: () => ControlPlane): FlowObserver {
  return {
    flowClosed({ forward, route }, reason) {
      if (reason.side !== "target" || (reason.kind !== "error" && reason.kind !== "timeout")) return;
      controlPlane().health(forward.group)?.passiveFailure(route.key);
    },
  };
}
