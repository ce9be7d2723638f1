import {
  type CreateListenerCommandInput,
  type CreateLoadBalancerCommandInput,
  type CreateTargetGroupCommandInput,
  ElasticLoadBalancingV2,
  type TargetGroupAttribute,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type ProbeFunction, VirtualClock } from "@edgekit/health/monitor";
import { connectTo } from "@edgekit/testkit";
import { createEdgeProxy, type EdgeProxy, type EdgeProxyConfig } from "../../../src/index.ts";
import { Flow } from "./flow.ts";
import { clientAddress, listenerPort, zones } from "./place.ts";
import { type Answer, type Fields, query } from "./query.ts";
import { randomFrom } from "./random.ts";
import type { Targets } from "./targets.ts";

/** The ARNs of everything that a client needs to reach a target. */
export interface Front {
  readonly loadBalancer: string;
  readonly listener: string;
  readonly group: string;
}

export const instanceId = "i-0123456789abcdef0";

/** A stand-in that starts with nothing, the SDK pointed at it, a clock that a test moves, and targets as healthy as it says. */
export class Api implements AsyncDisposable {
  readonly clock: VirtualClock = new VirtualClock();
  /** Ports of the targets whose health checks fail. */
  readonly failing: Set<number> = new Set();
  readonly nlb: EdgeProxy;
  url = "";
  elb!: ElasticLoadBalancingV2;

  static async start(config: EdgeProxyConfig = {}): Promise<Api> {
    const api = new Api(config);
    await api.nlb.start();
    const { address, port } = api.nlb.admin ?? { address: "", port: 0 };
    api.url = `http://${address}:${port}/`;
    api.elb = new ElasticLoadBalancingV2({
      endpoint: api.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
    return api;
  }

  private constructor(config: EdgeProxyConfig) {
    const probe: ProbeFunction = ({ port }) =>
      this.failing.has(port)
        ? { outcome: "failed", failure: "failed", detail: "the test says so", certain: true }
        : { outcome: "ok" };
    this.nlb = createEdgeProxy(
      {
        admin: { port: 0 },
        subnets: zones.map(({ subnetId, name, address }) => ({ id: subnetId, zone: name, address })),
        instances: { [instanceId]: "127.0.0.1" },
        ...config,
      },
      { clock: this.clock, random: randomFrom(1), probe },
    );
  }

  /** One call past the SDK. */
  query(fields: Fields, headers?: Fields): Promise<Answer> {
    return query(this.url, fields, headers);
  }

  /** @returns its ARN */
  async loadBalancer(input: Partial<CreateLoadBalancerCommandInput> = {}): Promise<string> {
    const { LoadBalancers } = await this.elb.createLoadBalancer({
      Name: "web",
      Type: "network",
      Subnets: input.SubnetMappings === undefined ? [zones[0].subnetId] : undefined,
      ...input,
    });
    return arnOf(LoadBalancers?.[0]?.LoadBalancerArn);
  }

  /** @returns its ARN */
  async targetGroup(input: Partial<CreateTargetGroupCommandInput> = {}): Promise<string> {
    const common = { Name: "app", Protocol: "TCP", Port: 3000, VpcId: "vpc-0", TargetType: "ip" } as const;
    const { TargetGroups } = await this.elb.createTargetGroup({ ...common, ...input });
    return arnOf(TargetGroups?.[0]?.TargetGroupArn);
  }

  /** @returns its ARN */
  async listener(
    loadBalancer: string,
    group: string,
    input: Partial<CreateListenerCommandInput> = {},
  ): Promise<string> {
    const { Listeners } = await this.elb.createListener({
      LoadBalancerArn: loadBalancer,
      Protocol: "TCP",
      Port: listenerPort,
      DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
      ...input,
    });
    return arnOf(Listeners?.[0]?.ListenerArn);
  }

  /** A load balancer, a listener and a target group with healthy targets. */
  async front(targets: Targets, attributes: Readonly<Record<string, string>> = {}): Promise<Front> {
    const loadBalancer = await this.loadBalancer();
    const group = await this.targetGroup();
    await this.setGroup(group, attributes);
    const listener = await this.listener(loadBalancer, group);
    await this.register(group, targets);
    return { loadBalancer, listener, group };
  }

  /** Registers targets, by turns in these zones, and lets their first health check pass. */
  async register(group: string, targets: Targets, ...zoneNames: string[]): Promise<void> {
    const Targets = targets.servers.map(({ address, port }, i) => ({
      Id: address,
      Port: port,
      AvailabilityZone: zoneNames[i % zoneNames.length],
    }));
    await this.elb.registerTargets({ TargetGroupArn: group, Targets });
    await this.clock.advanceAsync(1_000);
  }

  async setGroup(group: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    const Attributes = attributeList(attributes);
    if (Attributes.length > 0) await this.elb.modifyTargetGroupAttributes({ TargetGroupArn: group, Attributes });
  }

  /** The state of each target of a group, by port. */
  async states(group: string): Promise<Map<number, string>> {
    const { TargetHealthDescriptions = [] } = await this.elb.describeTargetHealth({ TargetGroupArn: group });
    return new Map(TargetHealthDescriptions.map((row) => [row.Target?.Port ?? 0, row.TargetHealth?.State ?? ""]));
  }

  /** A new flow. */
  async connect(
    targets: Targets,
    { from = clientAddress, to = zones[0].address, port = listenerPort } = {},
  ): Promise<Flow> {
    const client = await connectTo(port, { host: to, localAddress: from });
    return new Flow(client, await targets.accept());
  }

  /** How many of these flows, one after the other, each target's port got. */
  async spread(
    targets: Targets,
    flows: number,
    { from = () => clientAddress, to = zones[0].address }: { from?: (flow: number) => string; to?: string } = {},
  ): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    for (let i = 0; i < flows; i++) {
      const flow = await this.connect(targets, { from: from(i), to });
      counts.set(flow.port, (counts.get(flow.port) ?? 0) + 1);
      await flow.reset();
    }
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.elb.destroy();
    await this.nlb.close({ drainMs: 0 });
  }
}

/** Attributes as the API has them. */
export function attributeList(attributes: Readonly<Record<string, string>>): TargetGroupAttribute[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

/** A list of attributes as an object. */
export function attributeRecord(
  attributes: readonly TargetGroupAttribute[] | undefined,
): Record<string, string | undefined> {
  return Object.fromEntries((attributes ?? []).map(({ Key, Value }) => [Key, Value]));
}

function arnOf(arn: string | undefined): string {
  if (arn === undefined) throw new Error("the answer has no ARN");
  return arn;
}
