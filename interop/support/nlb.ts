import { createEdgeProxy, type EdgeProxy } from "@edgekit/edge-proxy";

const vpcEndpointId = "vpce-08d2bf15fac5001c9";

export interface FrontedBy extends AsyncDisposable {
  readonly nlb: EdgeProxy;
  readonly port: number;
  readonly endpointPort: number;
}

/** An NLB with PROXY protocol in front of one server, with a VPC endpoint beside its listener. */
export async function startInFrontOf(port: number, healthCheck: "TCP" | "HTTP" = "TCP"): Promise<FrontedBy> {
  const nlb = await createEdgeProxy({
    admin: false,
    loadBalancers: [
      {
        name: "web",
        listeners: [{ port: 0, targetGroup: "app" }],
        vpcEndpoints: [{ id: vpcEndpointId, port: 0 }],
      },
    ],
    targetGroups: [
      {
        name: "app",
        port,
        healthCheck: { protocol: healthCheck },
        attributes: { "proxy_protocol_v2.enabled": true },
        targets: [{ id: "127.0.0.1" }],
      },
    ],
  }).start();
  const [direct, endpoint] = nlb.listeners;
  return {
    nlb,
    port: direct?.port ?? 0,
    endpointPort: endpoint?.port ?? 0,
    [Symbol.asyncDispose]: () => nlb.close({ drainMs: 0 }),
  };
}
