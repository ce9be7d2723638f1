import { once } from "node:events";
import type { Socket } from "node:net";
import { createEdgeProxy, type EdgeProxy, type EdgeProxyConfig } from "@edgekit/edge-proxy";
import { VirtualClock } from "@edgekit/health/monitor";
import { decode } from "@edgekit/pp2";
import {
  collect,
  connectTo,
  hasCommand,
  listenOn,
  type TcpServer,
  trackLeaks,
  unusedPort,
  withDeadline,
} from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Aws } from "./support/aws.ts";

trackLeaks();

/** Neither a node's address nor a target's. */
const clientAddress = "127.0.0.9";
const zones = ["127.0.0.1", "127.0.1.1"].map((address, i) => ({ name: `local-1${"ab"[i]}`, address }));

/** A stand-in with its API, a clock that the test moves, and targets whose checks fail when it says so. */
class Cloud implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly failing = new Set<number>();
  readonly nlb: EdgeProxy;
  aws!: Aws;

  static async start(config: EdgeProxyConfig = {}): Promise<Cloud> {
    const cloud = new Cloud(config);
    await cloud.nlb.start();
    await cloud.clock.advanceAsync(1_000);
    cloud.aws = new Aws(`http://${cloud.nlb.admin?.address}:${cloud.nlb.admin?.port}`);
    return cloud;
  }

  /** With a load balancer `web` in front of a target group `app` already; its targets are in every zone, or by turns in each. */
  static async inFrontOf(
    targets: readonly TcpServer[],
    { targetType = "ip", byZone = false }: { targetType?: "ip" | "instance"; byZone?: boolean } = {},
  ): Promise<Cloud> {
    return Cloud.start({
      loadBalancers: [{ name: "web", zones, listeners: [{ port: await unusedPort(), targetGroup: "app" }] }],
      targetGroups: [
        {
          name: "app",
          port: 80,
          targetType,
          targets: targets.map(({ port, address }, i) => ({
            id: targetType === "ip" ? address : `i-0123456789abcdef${i}`,
            address,
            port,
            zone: byZone ? zones[i]?.name : undefined,
          })),
        },
      ],
    });
  }

  private constructor(config: EdgeProxyConfig) {
    this.nlb = createEdgeProxy(
      { admin: { port: 0 }, ...config },
      {
        clock: this.clock,
        probe: ({ port }) =>
          this.failing.has(port)
            ? { outcome: "failed", failure: "failed", detail: "the test says so", certain: true }
            : { outcome: "ok" },
      },
    );
  }

  groupArn(): Promise<string> {
    return this.aws.pick("TargetGroups[0].TargetGroupArn", "describe-target-groups", "--names", "app");
  }

  /** `aws elbv2 modify-target-group-attributes --attributes … --target-group-arn ARN` */
  async setGroup(...attributes: readonly string[]): Promise<void> {
    const arn = await this.groupArn();
    await this.aws.elbv2("modify-target-group-attributes", "--attributes", ...attributes, "--target-group-arn", arn);
  }

  /** A client's connection through the node in a zone. */
  connect({ zone = 0, from = clientAddress } = {}): Promise<Socket> {
    const { address: host, port } = this.nlb.listeners[zone] ?? { address: "", port: 0 };
    return connectTo(port, { host, localAddress: from });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nlb.close({ drainMs: 0 });
  }
}

async function firstBytes(socket: Socket): Promise<Buffer> {
  const [bytes] = await withDeadline(once(socket.resume(), "data"), "bytes");
  return bytes as Buffer;
}

/** Ports of the targets that so many flows through one zone went to. */
async function spread(cloud: Cloud, flows: number, zone = 0): Promise<Set<number>> {
  const clients: Socket[] = [];
  for (let i = 0; i < flows; i++) clients.push(await cloud.connect({ zone }));
  const ports = await Promise.all(
    clients.map(async (client) => {
      client.write("who are you?");
      return Number(await firstBytes(client));
    }),
  );
  for (const client of clients) client.destroy();
  return new Set(ports);
}

/** A target that answers whatever comes with its port. */
function namesItself(): Promise<TcpServer> {
  return listenOn("127.0.0.1", (socket) => socket.on("data", () => socket.write(String(socket.localPort))));
}

describe.skipIf(!hasCommand("aws"))("needs aws: the AWS CLI", () => {
  it("makes a load balancer from nothing, waits for it, and takes it away again", async () => {
    await using target = await listenOn();
    await using cloud = await Cloud.start();
    const { aws } = cloud;
    const port = await unusedPort();
    const loadBalancer = await aws.pick(
      "LoadBalancers[0].LoadBalancerArn",
      ...["create-load-balancer", "--name", "web", "--type", "network", "--subnets", "subnet-0123456789abcdef0"],
    );
    await aws.elbv2("wait", "load-balancer-available", "--load-balancer-arns", loadBalancer);
    const group = await aws.pick(
      "TargetGroups[0].TargetGroupArn",
      ...["create-target-group", "--name", "app", "--protocol", "TCP", "--port", "80", "--target-type", "ip"],
      ...["--vpc-id", "vpc-0123456789abcdef0", "--health-check-interval-seconds", "10"],
    );
    const listener = await aws.pick(
      "Listeners[0].ListenerArn",
      ...["create-listener", "--load-balancer-arn", loadBalancer, "--protocol", "TCP", "--port", String(port)],
      ...["--default-actions", `Type=forward,TargetGroupArn=${group}`],
    );
    const targets = ["--target-group-arn", group, "--targets", `Id=127.0.0.1,Port=${target.port}`];
    await aws.elbv2("register-targets", ...targets);
    await cloud.clock.advanceAsync(1_000);
    await aws.elbv2("wait", "target-in-service", ...targets);
    const client = await cloud.connect();
    const server = await target.accept();
    client.write("through");
    expect(String(await firstBytes(server))).toBe("through");

    await aws.elbv2("deregister-targets", ...targets);
    await cloud.clock.advanceAsync(300_000);
    await aws.elbv2("wait", "target-deregistered", ...targets);
    await aws.elbv2("delete-listener", "--listener-arn", listener);
    await expect(connectTo(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await aws.elbv2("delete-target-group", "--target-group-arn", group);
    await aws.elbv2("delete-load-balancer", "--load-balancer-arn", loadBalancer);
    await aws.elbv2("wait", "load-balancers-deleted", "--load-balancer-arns", loadBalancer);
    for (const socket of [client, server]) socket.destroy();
  });

  it("preserve_client_ip.enabled: instance targets see the client's address until it is false", async () => {
    await using target = await listenOn();
    await using cloud = await Cloud.inFrontOf([target], { targetType: "instance" });
    const before = await cloud.connect();
    expect((await target.accept()).remoteAddress).toBe(clientAddress);
    await cloud.setGroup("Key=preserve_client_ip.enabled,Value=false");
    const after = await cloud.connect();
    expect((await target.accept()).remoteAddress).toBe("127.0.0.1");
    for (const client of [before, after]) client.destroy();
  });

  it("unhealthy.draining_interval_seconds: flows of an unhealthy target live for a minute more", async () => {
    await using one = await listenOn();
    await using other = await listenOn();
    await using cloud = await Cloud.inFrontOf([one, other]);
    await cloud.setGroup(
      "Key=target_health_state.unhealthy.connection_termination.enabled,Value=false",
      "Key=target_health_state.unhealthy.draining_interval_seconds,Value=60",
    );
    const client = await cloud.connect();
    const server = await Promise.race([one.accept(), other.accept()]);
    cloud.failing.add(server.localPort ?? 0);
    await cloud.clock.advanceAsync(70_000);
    const targets = [
      "--target-group-arn",
      await cloud.groupArn(),
      "--targets",
      `Id=127.0.0.1,Port=${server.localPort}`,
    ];
    const path = "TargetHealthDescriptions[].TargetHealth.State";
    expect(await cloud.aws.pick(path, "describe-target-health", ...targets)).toBe("unhealthy.draining");
    client.write("still through");
    expect(String(await firstBytes(server))).toBe("still through");
    const end = collect(client);
    await cloud.clock.advanceAsync(60_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    server.destroy();
  });

  it("deregistration_delay.timeout_seconds: a target drains for so long", async () => {
    await using target = await listenOn();
    await using cloud = await Cloud.inFrontOf([target]);
    await cloud.setGroup(
      "Key=deregistration_delay.timeout_seconds,Value=20",
      "Key=deregistration_delay.connection_termination.enabled,Value=true",
    );
    const client = await cloud.connect();
    const server = await target.accept();
    const targets = ["--target-group-arn", await cloud.groupArn(), "--targets", `Id=127.0.0.1,Port=${target.port}`];
    await cloud.aws.elbv2("deregister-targets", ...targets);
    await cloud.clock.advanceAsync(19_000);
    client.write("still through");
    expect(String(await firstBytes(server))).toBe("still through");
    const end = collect(client);
    await cloud.clock.advanceAsync(1_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    server.destroy();
  });

  it("load_balancing.cross_zone.enabled and stickiness: which targets a node's clients reach", async () => {
    await using one = await namesItself();
    await using other = await namesItself();
    await using cloud = await Cloud.inFrontOf([one, other], { byZone: true });
    expect(await spread(cloud, 10)).toEqual(new Set([one.port]));
    const arn = await cloud.aws.pick("LoadBalancers[0].LoadBalancerArn", "describe-load-balancers", "--names", "web");
    await cloud.aws.elbv2(
      "modify-load-balancer-attributes",
      ...["--attributes", "Key=load_balancing.cross_zone.enabled,Value=true", "--load-balancer-arn", arn],
    );
    expect(await spread(cloud, 40)).toEqual(new Set([one.port, other.port]));
    await cloud.setGroup("Key=stickiness.enabled,Value=true", "Key=stickiness.type,Value=source_ip");
    expect((await spread(cloud, 20)).size).toBe(1);
  });

  it("proxy_protocol_v2.enabled: new flows begin with a header that names the client", async () => {
    await using target = await listenOn();
    await using cloud = await Cloud.inFrontOf([target]);
    await cloud.setGroup("Key=proxy_protocol_v2.enabled,Value=true");
    const client = await cloud.connect();
    client.write("payload");
    const result = decode(await firstBytes(await target.accept()), { crc32c: "require" });
    expect(result.status === "ok" && result.header.source).toEqual({
      address: clientAddress,
      port: client.localPort,
    });
    client.destroy();
  });

  it("shows AWS's error as it shows AWS's own", async () => {
    await using cloud = await Cloud.start();
    const { output, exitCode } = await cloud.aws.run("elbv2", "describe-target-groups", "--names", "none");
    // Of the CLI's major versions one adds its own prefix and one has another exit code.
    expect(output).toMatch(
      /An error occurred \(TargetGroupNotFound\) when calling the DescribeTargetGroups operation: One or more target groups not found$/,
    );
    expect([254, 255]).toContain(exitCode);
  });

  it("learns who it is from the same port", async () => {
    await using cloud = await Cloud.start();
    const { output, exitCode } = await cloud.aws.run("sts", "get-caller-identity", "--output", "json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ Account: "000000000000", Arn: "arn:aws:iam::000000000000:root" });
  });
});
