import net from "node:net";
import type { ProbeRequest, ProbeResult } from "./probe.ts";

/**
 * Opens the one socket of a probe, writes the prologue once it stands, and destroys it when the probe is aborted.
 * Connecting is the caller's to await; errors come as the socket's `error`.
 */
export function dial({ address, port, check, signal }: ProbeRequest): net.Socket {
  const socket = net.connect({
    host: address,
    port,
    noDelay: true,
    // A name with several addresses is one target; trying them in a race would be several sockets.
    autoSelectFamily: false,
    ...(check.localAddress === undefined ? {} : { localAddress: check.localAddress }),
  });
  // A socket without this listener ends the process when it fails; the probes add theirs for the result.
  socket.on("error", () => {});
  if (check.prologue) socket.write(check.prologue);
  const abort = (): void => {
    socket.destroy();
  };
  signal.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", abort));
  return socket;
}

/** Errors of this machine: they say nothing about the target. */
const localErrors = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EADDRNOTAVAIL", "EADDRINUSE"]);

/** What a broken connection means. */
export function connectionResult(error: NodeJS.ErrnoException): ProbeResult {
  const detail = error.message;
  if (error.code !== undefined && localErrors.has(error.code)) return { outcome: "inconclusive", detail };
  return { outcome: "failed", failure: "failed", detail, certain: error.code === "ECONNREFUSED" };
}
