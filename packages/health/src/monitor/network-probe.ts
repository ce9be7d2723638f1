import { httpProbe } from "./http-probe.ts";
import type { ProbeFunction } from "./probe.ts";
import { tcpProbe } from "./tcp-probe.ts";

/** The checks of a Network Load Balancer: TCP, HTTP and HTTPS, one socket each, always closed. */
export const networkProbe: ProbeFunction = (request) => {
  if (request.signal.aborted) return { outcome: "inconclusive", detail: "aborted before it began" };
  return request.check.protocol === "TCP" ? tcpProbe(request) : httpProbe(request);
};
