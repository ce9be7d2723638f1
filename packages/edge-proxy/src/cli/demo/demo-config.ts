import type { EdgeProxyConfig } from "../../api/config/config.ts";
import type { DemoTarget } from "./demo-target.ts";

/** Where the demo listens; 0 takes a free port. */
export interface DemoPorts {
  readonly port: number;
  readonly endpointPort: number;
  readonly adminPort: number;
  readonly dnsPort: number;
}

/** A load balancer with a VPC endpoint in front of the demo's targets. */
export function demoConfig(targets: readonly DemoTarget[], ports: DemoPorts): EdgeProxyConfig {
  return {
    admin: { port: ports.adminPort },
    dns: { port: ports.dnsPort },
    loadBalancers: [
      {
        name: "demo",
        listeners: [{ port: ports.port, targetGroup: "app" }],
        vpcEndpoints: [{ id: "vpce-0123456789abcdef0", port: ports.endpointPort, listenerPort: ports.port }],
      },
    ],
    targetGroups: [
      {
        name: "app",
        port: 80,
        healthCheck: { protocol: "HTTP", path: "/healthz", intervalSeconds: 10 },
        attributes: { "proxy_protocol_v2.enabled": true },
        targets: targets.map(({ port }) => ({ id: "127.0.0.1", port })),
      },
    ],
  };
}
