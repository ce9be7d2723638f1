import { EdgeProxyError } from "./error.ts";
import { hostPort } from "./model/host-port.ts";

/** Says which address and port could not be listened on, for what, and why. */
export function listenError(error: NodeJS.ErrnoException, address: string, port: number, what: string): EdgeProxyError {
  const where = hostPort(address, port);
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is already taken`,
    EADDRNOTAVAIL: `${address} is not an address of this machine`,
    EACCES: `port ${port} needs more rights than this process has (root, or CAP_NET_BIND_SERVICE)`,
  };
  const reason = reasons[error.code ?? ""] ?? error.message;
  return new EdgeProxyError("EDGE_LISTEN_FAILED", `cannot listen on ${where} for ${what}: ${reason}`, { cause: error });
}

/** A change has failed, and what it had closed for it cannot be opened again: both errors, in one. */
export function notRestored(error: unknown, another: unknown): unknown {
  if (!(error instanceof EdgeProxyError && another instanceof EdgeProxyError)) return error;
  const lost = another.problems.map((problem) => `what was closed for it could not be opened again: ${problem}`);
  return new EdgeProxyError("EDGE_LISTEN_FAILED", [...error.problems, ...lost], { cause: error });
}
