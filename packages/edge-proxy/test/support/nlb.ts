import {
  type AdminConfig,
  type AttributesConfig,
  type CloseReason,
  createEdgeProxy,
  type EdgeProxy,
  type EdgeProxyOptions,
  type FlowInfo,
  type FlowLogConfig,
  type LimitsConfig,
  type LoadBalancerConfig,
  type Refusal,
} from "../../src/index.ts";

export interface TestNlb extends AsyncDisposable {
  readonly nlb: EdgeProxy;
  readonly port: number;
  readonly endpointPort: number;
  readonly connected: readonly FlowInfo[];
  readonly closed: readonly { readonly flow: FlowInfo; readonly reason: CloseReason }[];
  readonly refused: readonly Refusal[];
  /** The close record of the n-th flow to end. */
  closeOf(index: number): Promise<CloseReason>;
}

export interface TestNlbOptions extends EdgeProxyOptions {
  readonly targets: readonly { readonly address?: string; readonly port: number }[];
  readonly attributes?: AttributesConfig;
  readonly listenerAttributes?: AttributesConfig;
  readonly maxFlows?: number;
  readonly limits?: LimitsConfig;
  readonly admin?: AdminConfig;
  readonly flowLog?: FlowLogConfig;
  readonly loadBalancer?: Partial<LoadBalancerConfig>;
}

export const vpcEndpointId = "vpce-08d2bf15fac5001c9";

/** An NLB in front of targets of a test. Its health checks always succeed, so that targets see flows only. */
export async function startNlb(options: TestNlbOptions): Promise<TestNlb> {
  const closed: { flow: FlowInfo; reason: CloseReason }[] = [];
  const connected: FlowInfo[] = [];
  const refused: Refusal[] = [];
  const waiting = new Map<number, (reason: CloseReason) => void>();
  const {
    targets,
    attributes,
    listenerAttributes,
    maxFlows,
    limits,
    loadBalancer,
    admin,
    flowLog,
    observers = [],
    ...rest
  } = options;
  const nlb = createEdgeProxy(
    {
      admin: admin ?? false,
      flowLog,
      limits: { maxFlows, ...limits },
      loadBalancers: [
        {
          name: "web",
          listeners: [{ port: 0, targetGroup: "app", attributes: listenerAttributes }],
          vpcEndpoints: [{ id: vpcEndpointId, port: 0 }],
          ...loadBalancer,
        },
      ],
      targetGroups: [
        {
          name: "app",
          port: 80,
          attributes,
          targets: targets.map(({ address = "127.0.0.1", port }) => ({ id: address, port })),
        },
      ],
    },
    {
      probe: () => ({ outcome: "ok" }),
      ...rest,
      observers: [
        {
          flowConnected: (flow) => connected.push(flow),
          flowClosed: (flow, reason) => {
            closed.push({ flow, reason });
            waiting.get(closed.length - 1)?.(reason);
          },
          flowRefused: (refusal) => refused.push(refusal),
        },
        ...observers,
      ],
    },
  );
  await nlb.start();
  const [direct, endpoint] = nlb.listeners;
  return {
    nlb,
    port: direct?.port ?? 0,
    endpointPort: endpoint?.port ?? 0,
    connected,
    closed,
    refused,
    closeOf: (index) => {
      const known = closed[index];
      return known ? Promise.resolve(known.reason) : new Promise((resolve) => waiting.set(index, resolve));
    },
    [Symbol.asyncDispose]: () => nlb.close({ drainMs: 0 }),
  };
}
