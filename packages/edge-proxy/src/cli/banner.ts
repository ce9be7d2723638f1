import type { EdgeProxy } from "../edge-proxy.ts";
import { hostPort } from "../model/host-port.ts";

/** What a person wants to know first: where to connect, where it goes, what it can carry, what has no effect. */
export function banner(nlb: EdgeProxy, timeScale: number): string {
  const lines = nlb.listeners.map(({ loadBalancer, zone, address, port, vpcEndpointId, targetGroups }) => {
    const via = vpcEndpointId === undefined ? `zone ${zone}` : `VPC endpoint ${vpcEndpointId}`;
    const groups = targetGroups.map(({ name, weight }) => (targetGroups.length > 1 ? `${name}:${weight}` : name));
    return `  ${hostPort(address, port).padEnd(22)} ${loadBalancer} (${via}) → ${groups.join(", ")}`;
  });
  const { limits, admin, dns } = nlb;
  // Measured at rest, at 9,000 flows: two sockets, and no buffer as long as nothing is waiting to be written.
  const memoryMiB = Math.ceil((limits.maxFlows * 4) / 1024);
  const inEach = limits.processes === 1 ? "" : ` in each of ${limits.processes} worker processes`;
  return [
    lines.length === 0 ? "No listener is configured." : "Listening on",
    ...lines,
    ...(admin === undefined
      ? []
      : [`Status: http://${hostPort(admin.address, admin.port)}/ (the page), /metrics, and the ELBv2 API by POST`]),
    ...(dns === undefined
      ? []
      : [`DNS: ${hostPort(dns.address, dns.port)}, UDP and TCP${dns.names.map((name) => `\n  ${name}`).join("")}`]),
    `Limits: ${limits.fileDescriptors} file descriptors${inEach}, so ${limits.maxFlows} flows at one time, ` +
      `about ${memoryMiB} MiB when all of them are idle`,
    ...[...nlb.clientIp].map(([name, { way, why }]) => `Client IP of ${name}: ${way} (${why}): ${whatTargetsSee[way]}`),
    ...(timeScale === 1 ? [] : [`timeScale: ${timeScale}: every configured duration is multiplied by it`]),
    ...nlb.warnings.map((warning) => `Warning: ${warning}`),
    "",
  ].join("\n");
}

const whatTargetsSee = {
  transparent: "targets see each client's own address and port",
  loopback: "targets see the address of clients inside 127.0.0.0/8, of others the node's",
  off: "targets see the node's address",
} as const;
