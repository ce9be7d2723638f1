import { connectionResult, dial } from "./dial.ts";
import type { ProbeRequest, ProbeResult } from "./probe.ts";

/** A handshake, the prologue if there is one, and close. Source: NLB user guide, "Health checks", protocol TCP. */
export function tcpProbe(request: ProbeRequest): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = dial(request);
    let result: ProbeResult = { outcome: "failed", failure: "failed", detail: "closed before it was connected" };
    socket.once("connect", () => {
      result = { outcome: "ok" };
      // Finishes the prologue, sends FIN, and does not wait for the target's own.
      socket.destroySoon();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (result.outcome === "ok") return;
      // A reset during the handshake is ECONNREFUSED; one of these came after it, before we had a chance to see it done.
      const isEstablished = error.code === "ECONNRESET" || error.code === "EPIPE";
      result = isEstablished ? { outcome: "ok", detail: "reset after the handshake" } : connectionResult(error);
    });
    socket.once("close", () => resolve(result));
  });
}
