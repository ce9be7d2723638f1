import { Resolver } from "node:dns/promises";
import { connectTo, trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, attributeList, attributeRecord } from "./support/api.ts";
import { listenerPort, ownPort, zones } from "./support/place.ts";
import { Targets } from "./support/targets.ts";

trackLeaks();

const [a] = zones;

describe("CreateListener", () => {
  it("answers with AWS's shape and ARN, and carries traffic when the call returns", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const loadBalancer = await api.loadBalancer();
    const group = await api.targetGroup();
    await api.register(group, targets);
    const { Listeners } = await api.elb.createListener({
      LoadBalancerArn: loadBalancer,
      Protocol: "TCP",
      Port: listenerPort,
      DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
    });
    (await api.connect(targets)).end();
    expect(Listeners).toHaveLength(1);
    const [made] = Listeners ?? [];
    expect(made?.ListenerArn).toMatch(
      new RegExp(`^${loadBalancer.replace(":loadbalancer/", ":listener/")}/[0-9a-f]{16}$`),
    );
    expect(made).toMatchObject({ LoadBalancerArn: loadBalancer, Port: listenerPort, Protocol: "TCP" });
    expect(made?.DefaultActions).toMatchObject([{ Type: "forward", TargetGroupArn: group }]);
  });

  it("with the same settings gives what is there already", async () => {
    await using api = await Api.start();
    const [loadBalancer, group] = [await api.loadBalancer(), await api.targetGroup()];
    const first = await api.listener(loadBalancer, group);
    expect(await api.listener(loadBalancer, group)).toBe(first);
    expect((await api.elb.describeListeners({ LoadBalancerArn: loadBalancer })).Listeners).toHaveLength(1);
  });

  it("says which ports cannot be listened on, and changes nothing", async () => {
    await using api = await Api.start();
    await using taken = await Targets.listen(1, a.address);
    const [loadBalancer, group] = [await api.loadBalancer(), await api.targetGroup()];
    await expect(api.listener(loadBalancer, group, { Port: taken.ports[0] })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
      message: expect.stringContaining(`${a.address}:${taken.ports[0]}`),
    });
    expect((await api.elb.describeListeners({ LoadBalancerArn: loadBalancer })).Listeners ?? []).toEqual([]);
    await api.listener(loadBalancer, group);
  });
});

describe("two load balancers in one subnet", () => {
  it("have nodes of their own, so that both have the same port, and each name leads to its own node", async () => {
    await using api = await Api.start({ subnets: undefined, dns: { port: 0 } });
    await using targets = await Targets.listen(2);
    const resolver = new Resolver({ timeout: 5_000, tries: 1 });
    resolver.setServers([`${api.nlb.dns?.address}:${api.nlb.dns?.port}`]);
    const nodes = [
      { Name: "one", address: "127.0.0.1" },
      { Name: "two", address: "127.1.0.1" },
    ];
    for (const [i, { Name, address }] of nodes.entries()) {
      const loadBalancer = await api.loadBalancer({ Name, Subnets: ["subnet-0123456789abcdef0"] });
      const group = await api.targetGroup({ Name });
      await api.listener(loadBalancer, group, { Port: ownPort });
      const Targets = [{ Id: targets.address, Port: targets.ports[i] }];
      await api.elb.registerTargets({ TargetGroupArn: group, Targets });
      const { LoadBalancers } = await api.elb.describeLoadBalancers({ Names: [Name] });
      const { DNSName = "", AvailabilityZones } = LoadBalancers?.[0] ?? {};
      expect(AvailabilityZones).toMatchObject([
        { ZoneName: "us-east-1a", LoadBalancerAddresses: [{ IpAddress: address }] },
      ]);
      expect(await resolver.resolve4(DNSName)).toEqual([address]);
      const flow = await api.connect(targets, { to: address, port: ownPort });
      expect(flow.port).toBe(targets.ports[i]);
      flow.end();
    }
  });

  it("share the address that the config chose for it, so that a port can be had once", async () => {
    await using api = await Api.start();
    const [one, other] = [await api.loadBalancer(), await api.loadBalancer({ Name: "other" })];
    await api.listener(one, await api.targetGroup());
    const group = await api.targetGroup({ Name: "other" });
    await expect(api.listener(other, group)).rejects.toMatchObject({
      message: expect.stringContaining(
        `${a.address}:${listenerPort} is already taken by listener ${listenerPort} of 'web'`,
      ),
    });
    await api.listener(other, group, { Port: listenerPort + 1 });
  });
});

describe.each(["TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"] as const)("a listener with the protocol %s", (Protocol) => {
  it("is not provided, and refused with what is", async () => {
    await using api = await Api.start();
    const [loadBalancer, group] = [await api.loadBalancer(), await api.targetGroup()];
    await expect(api.listener(loadBalancer, group, { Protocol })).rejects.toMatchObject({
      name: "UnsupportedProtocolException",
      message: expect.stringContaining("only TCP is"),
    });
  });
});

describe("DescribeListeners", () => {
  it("gives those of a load balancer, or those that are asked for", async () => {
    await using api = await Api.start();
    const [loadBalancer, group] = [await api.loadBalancer(), await api.targetGroup()];
    const [one, two] = [
      await api.listener(loadBalancer, group),
      await api.listener(loadBalancer, group, { Port: listenerPort + 1 }),
    ];
    const arns = async (input: Parameters<typeof api.elb.describeListeners>[0]): Promise<unknown> =>
      (await api.elb.describeListeners(input)).Listeners?.map(({ ListenerArn }) => ListenerArn).sort();
    expect(await arns({ LoadBalancerArn: loadBalancer })).toEqual([one, two].sort());
    expect(await arns({ ListenerArns: [two] })).toEqual([two]);
  });
});

describe("ModifyListener", () => {
  it("sends new flows to another group, while old ones stay", async () => {
    await using api = await Api.start();
    await using blue = await Targets.listen(1);
    await using green = await Targets.listen(1);
    const { listener } = await api.front(blue);
    const other = await api.targetGroup({ Name: "green" });
    await api.register(other, green);
    const old = await api.connect(blue);
    const DefaultActions = [{ Type: "forward" as const, TargetGroupArn: other }];
    const { Listeners } = await api.elb.modifyListener({ ListenerArn: listener, DefaultActions });
    expect(Listeners?.[0]).toMatchObject({ ListenerArn: listener, Port: listenerPort, DefaultActions });
    const fresh = await api.connect(green);
    expect(old.client.destroyed).toBe(false);
    old.end();
    fresh.end();
  });

  it("moves to another port, with the same ARN", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { listener } = await api.front(targets);
    const port = listenerPort + 1;
    const { Listeners } = await api.elb.modifyListener({ ListenerArn: listener, Port: port });
    expect(Listeners?.[0]).toMatchObject({ ListenerArn: listener, Port: port });
    await expect(connectTo(listenerPort, { host: a.address })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    (await api.connect(targets, { port })).end();
  });
});

describe("DeleteListener", () => {
  it("closes its port on every node", async () => {
    await using api = await Api.start();
    const loadBalancer = await api.loadBalancer({ Subnets: zones.map(({ subnetId }) => subnetId) });
    const listener = await api.listener(loadBalancer, await api.targetGroup());
    await api.elb.deleteListener({ ListenerArn: listener });
    for (const { address: host } of zones) {
      await expect(connectTo(listenerPort, { host })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    }
  });
});

describe("listener attributes", () => {
  it("tcp.idle_timeout.seconds is 350 until it is set", async () => {
    await using api = await Api.start();
    const listener = await api.listener(await api.loadBalancer(), await api.targetGroup());
    const described = async (): Promise<unknown> =>
      attributeRecord((await api.elb.describeListenerAttributes({ ListenerArn: listener })).Attributes);
    expect(await described()).toEqual({ "tcp.idle_timeout.seconds": "350" });
    const wanted = { "tcp.idle_timeout.seconds": "6000" };
    const { Attributes } = await api.elb.modifyListenerAttributes({
      ListenerArn: listener,
      Attributes: attributeList(wanted),
    });
    expect(attributeRecord(Attributes)).toEqual(wanted);
    expect(await described()).toEqual(wanted);
  });
});

describe("listener certificates", () => {
  it("a TCP listener has none: DescribeListenerCertificates is empty", async () => {
    await using api = await Api.start();
    const listener = await api.listener(await api.loadBalancer(), await api.targetGroup());
    const { Certificates = [] } = await api.elb.describeListenerCertificates({ ListenerArn: listener });
    expect(Certificates).toEqual([]);
  });

  it("none can be added to a TCP listener or removed from it", async () => {
    await using api = await Api.start();
    const ListenerArn = await api.listener(await api.loadBalancer(), await api.targetGroup());
    const Certificates = [{ CertificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/0" }];
    const refused = {
      name: "InvalidConfigurationRequestException",
      message: "A certificate cannot be specified for TCP listeners",
    };
    await expect(api.elb.addListenerCertificates({ ListenerArn, Certificates })).rejects.toMatchObject(refused);
    await expect(api.elb.removeListenerCertificates({ ListenerArn, Certificates })).rejects.toMatchObject(refused);
  });
});
