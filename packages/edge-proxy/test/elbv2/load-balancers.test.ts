import { connectTo, trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, attributeList, attributeRecord } from "./support/api.ts";
import { clientAddress, listenerPort, ownPort, zones } from "./support/place.ts";
import { Targets } from "./support/targets.ts";

trackLeaks();

const [a, b, c] = zones;
const unknownArn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/none/0123456789abcdef";

describe("CreateLoadBalancer", () => {
  it("answers with AWS's shape, ARN, DNS name and defaults", async () => {
    await using api = await Api.start();
    const { LoadBalancers } = await api.elb.createLoadBalancer({
      Name: "my-nlb-1",
      Type: "network",
      Subnets: [a.subnetId, b.subnetId],
    });
    expect(LoadBalancers).toHaveLength(1);
    const [made] = LoadBalancers ?? [];
    const [, id = ""] =
      /^arn:aws:elasticloadbalancing:us-east-1:\d{12}:loadbalancer\/net\/my-nlb-1\/([0-9a-f]{16})$/.exec(
        made?.LoadBalancerArn ?? "",
      ) ?? [];
    expect(id).toHaveLength(16);
    expect(made).toMatchObject({
      LoadBalancerName: "my-nlb-1",
      DNSName: `my-nlb-1-${id}.elb.us-east-1.amazonaws.com`,
      CanonicalHostedZoneId: "Z26RNL4JYFTOTI",
      Scheme: "internet-facing",
      Type: "network",
      IpAddressType: "ipv4",
      VpcId: expect.stringMatching(/^vpc-/),
      State: { Code: expect.stringMatching(/^(provisioning|active)$/) },
      AvailabilityZones: [
        { ZoneName: a.name, SubnetId: a.subnetId },
        { ZoneName: b.name, SubnetId: b.subnetId },
      ],
    });
    expect(Math.abs(Date.now() - (made?.CreatedTime?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it("with the same settings gives what is there already", async () => {
    await using api = await Api.start();
    const input = {
      Name: "web",
      Type: "network",
      Subnets: [a.subnetId],
      Tags: [{ Key: "team", Value: "edge" }],
    } as const;
    const first = await api.elb.createLoadBalancer({ ...input, Subnets: [...input.Subnets], Tags: [...input.Tags] });
    const second = await api.elb.createLoadBalancer({ ...input, Subnets: [...input.Subnets], Tags: [...input.Tags] });
    expect(second.LoadBalancers?.[0]?.LoadBalancerArn).toBe(first.LoadBalancers?.[0]?.LoadBalancerArn);
    expect((await api.elb.describeLoadBalancers({})).LoadBalancers).toHaveLength(1);
  });

  it("keeps scheme, address type, security groups and tags", async () => {
    await using api = await Api.start();
    const arn = await api.loadBalancer({
      Scheme: "internal",
      SecurityGroups: ["sg-0123456789abcdef0"],
      Tags: [{ Key: "team", Value: "edge" }],
    });
    const { LoadBalancers } = await api.elb.describeLoadBalancers({ LoadBalancerArns: [arn] });
    expect(LoadBalancers?.[0]).toMatchObject({ Scheme: "internal", SecurityGroups: ["sg-0123456789abcdef0"] });
    const { TagDescriptions } = await api.elb.describeTags({ ResourceArns: [arn] });
    expect(TagDescriptions).toEqual([{ ResourceArn: arn, Tags: [{ Key: "team", Value: "edge" }] }]);
  });

  it("takes any subnet id: each new one is a zone of its own, on an address that clients reach", async () => {
    await using api = await Api.start({ subnets: undefined });
    await using targets = await Targets.listen(1);
    const arn = await api.loadBalancer({ Subnets: ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"] });
    const { LoadBalancers } = await api.elb.describeLoadBalancers({ LoadBalancerArns: [arn] });
    const names = LoadBalancers?.[0]?.AvailabilityZones?.map(({ ZoneName }) => ZoneName);
    expect(new Set(names).size).toBe(2);
    const group = await api.targetGroup();
    await api.listener(arn, group, { Port: ownPort });
    await api.register(group, targets);
    expect(api.nlb.listeners.map(({ address }) => address)).toEqual(["127.0.0.1", "127.0.1.1"]);
    for (const { address: to, port } of api.nlb.listeners) {
      (await api.connect(targets, { to, port })).end();
    }
  });
});

it.each([
  ["application", { Type: "application" }],
  ["gateway", { Type: "gateway" }],
  ["application, which is AWS's default", { Type: undefined }],
] as const)("a load balancer of type %s is not provided, and refused with what is", async (_, input) => {
  await using api = await Api.start();
  await expect(api.loadBalancer(input)).rejects.toMatchObject({
    name: "InvalidConfigurationRequestException",
    message: expect.stringContaining("only 'network' is"),
  });
});

describe("DescribeLoadBalancers", () => {
  it("gives all, or those that are asked for by name or by ARN, and they are active", async () => {
    await using api = await Api.start();
    const [web, mail] = [await api.loadBalancer(), await api.loadBalancer({ Name: "mail", Subnets: [b.subnetId] })];
    const arns = async (input: Parameters<typeof api.elb.describeLoadBalancers>[0]): Promise<unknown> => {
      const { LoadBalancers } = await api.elb.describeLoadBalancers(input);
      expect(LoadBalancers?.map(({ State }) => State?.Code)).not.toContain("provisioning");
      return LoadBalancers?.map(({ LoadBalancerArn }) => LoadBalancerArn);
    };
    expect(await arns({})).toEqual(expect.arrayContaining([web, mail]));
    expect(await arns({ Names: ["mail"] })).toEqual([mail]);
    expect(await arns({ LoadBalancerArns: [web] })).toEqual([web]);
  });
});

describe("DeleteLoadBalancer", () => {
  it("ends its listeners and its flows' way in, and succeeds for one that is not there", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { loadBalancer, listener } = await api.front(targets);
    await api.elb.deleteLoadBalancer({ LoadBalancerArn: loadBalancer });
    await expect(connectTo(listenerPort, { host: a.address })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(api.elb.describeListeners({ ListenerArns: [listener] })).rejects.toMatchObject({
      name: "ListenerNotFoundException",
    });
    await api.elb.deleteLoadBalancer({ LoadBalancerArn: loadBalancer });
    await api.elb.deleteLoadBalancer({ LoadBalancerArn: unknownArn });
  });

  it("frees its target groups for another load balancer", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { loadBalancer, group } = await api.front(targets);
    await api.elb.deleteLoadBalancer({ LoadBalancerArn: loadBalancer });
    expect([...(await api.states(group)).values()]).toEqual(["unused"]);
    const other = await api.loadBalancer({ Name: "other" });
    await api.listener(other, group);
    (await api.connect(targets)).end();
  });
});

describe("a node's private address", () => {
  const mine = [
    { SubnetId: "subnet-a", PrivateIPv4Address: "127.9.0.9" },
    { SubnetId: "subnet-b", PrivateIPv4Address: "127.9.1.9" },
  ];

  async function addresses({ elb }: Api, arn: string): Promise<unknown> {
    const { LoadBalancers } = await elb.describeLoadBalancers({ LoadBalancerArns: [arn] });
    return LoadBalancers?.[0]?.AvailabilityZones?.map((zone) => zone.LoadBalancerAddresses?.[0]);
  }

  it("is answered where a caller has asked for it; Terraform would take another one as a change to undo", async () => {
    await using api = await Api.start({ subnets: undefined });
    const arn = await api.loadBalancer({
      Scheme: "internal",
      SubnetMappings: [{ SubnetId: "subnet-b" }, ...mine.slice(0, 1)],
    });
    const asked = { IpAddress: "127.9.0.9", PrivateIPv4Address: "127.9.0.9" };
    expect(await addresses(api, arn)).toEqual([{ IpAddress: "127.0.0.1" }, asked]);
    await api.elb.setIpAddressType({ LoadBalancerArn: arn, IpAddressType: "ipv4" });
    expect(await addresses(api, arn)).toEqual([{ IpAddress: "127.0.0.1" }, asked]);
    await api.elb.setSubnets({ LoadBalancerArn: arn, Subnets: ["subnet-a"] });
    expect(await addresses(api, arn)).toEqual([{ IpAddress: "127.9.0.9" }]);
  });

  it("may be asked for when subnets are set as well, of an internal load balancer", async () => {
    await using api = await Api.start({ subnets: undefined });
    await using targets = await Targets.listen(1);
    const arn = await api.loadBalancer({ Scheme: "internal", SubnetMappings: mine.slice(0, 1) });
    const group = await api.targetGroup();
    await api.listener(arn, group, { Port: ownPort });
    await api.register(group, targets);
    const { AvailabilityZones } = await api.elb.setSubnets({ LoadBalancerArn: arn, SubnetMappings: mine });
    expect(AvailabilityZones?.map((zone) => zone.LoadBalancerAddresses?.[0]?.PrivateIPv4Address)).toEqual(
      mine.map(({ PrivateIPv4Address }) => PrivateIPv4Address),
    );
    (await api.connect(targets, { to: "127.9.1.9", port: ownPort })).end();
  });
});

describe("load balancer attributes", () => {
  it("have AWS's keys and defaults", async () => {
    await using api = await Api.start();
    const arn = await api.loadBalancer();
    const { Attributes } = await api.elb.describeLoadBalancerAttributes({ LoadBalancerArn: arn });
    expect(attributeRecord(Attributes)).toEqual({
      "access_logs.s3.enabled": "false",
      "access_logs.s3.bucket": "",
      "access_logs.s3.prefix": "",
      "deletion_protection.enabled": "false",
      "dns_record.client_routing_policy": "any_availability_zone",
      "ipv6.deny_all_igw_traffic": "false",
      "load_balancing.cross_zone.enabled": "false",
      "secondary_ips.auto_assigned.per_subnet": "0",
      "zonal_shift.config.enabled": "false",
    });
  });

  it("of an internal one deny traffic of the internet gateway by default", async () => {
    await using api = await Api.start();
    const arn = await api.loadBalancer({ Scheme: "internal" });
    const { Attributes } = await api.elb.describeLoadBalancerAttributes({ LoadBalancerArn: arn });
    expect(attributeRecord(Attributes)["ipv6.deny_all_igw_traffic"]).toBe("true");
  });

  it("are kept as they are set, all of them or none", async () => {
    await using api = await Api.start();
    const arn = await api.loadBalancer();
    const wanted = {
      "access_logs.s3.enabled": "true",
      "access_logs.s3.bucket": "logs",
      "access_logs.s3.prefix": "nlb",
      "deletion_protection.enabled": "true",
      "dns_record.client_routing_policy": "availability_zone_affinity",
      "ipv6.deny_all_igw_traffic": "true",
      "load_balancing.cross_zone.enabled": "true",
      "secondary_ips.auto_assigned.per_subnet": "3",
      "zonal_shift.config.enabled": "true",
    };
    const modified = await api.elb.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: attributeList(wanted),
    });
    expect(attributeRecord(modified.Attributes)).toMatchObject(wanted);
    const wrong = api.elb.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: attributeList({ "load_balancing.cross_zone.enabled": "false", "no.such.key": "1" }),
    });
    await expect(wrong).rejects.toMatchObject({ name: "InvalidConfigurationRequestException" });
    const { Attributes } = await api.elb.describeLoadBalancerAttributes({ LoadBalancerArn: arn });
    expect(attributeRecord(Attributes)).toMatchObject(wanted);
  });

  it("deletion_protection.enabled holds until it is taken away", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { loadBalancer } = await api.front(targets);
    const protect = (value: string): Promise<unknown> =>
      api.elb.modifyLoadBalancerAttributes({
        LoadBalancerArn: loadBalancer,
        Attributes: attributeList({ "deletion_protection.enabled": value }),
      });
    await protect("true");
    await expect(api.elb.deleteLoadBalancer({ LoadBalancerArn: loadBalancer })).rejects.toMatchObject({
      name: "OperationNotPermittedException",
      message: `Load balancer '${loadBalancer}' cannot be deleted because deletion protection is enabled`,
    });
    (await api.connect(targets)).end();
    await protect("false");
    await api.elb.deleteLoadBalancer({ LoadBalancerArn: loadBalancer });
    await expect(connectTo(listenerPort, { host: a.address })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("SetSubnets", () => {
  it("adds and removes nodes while the flows of the others go on", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { loadBalancer } = await api.front(targets);
    const stays = await api.connect(targets);
    const answer = await api.elb.setSubnets({ LoadBalancerArn: loadBalancer, Subnets: [a.subnetId, c.subnetId] });
    expect(answer.AvailabilityZones).toMatchObject([
      { ZoneName: a.name, SubnetId: a.subnetId },
      { ZoneName: c.name, SubnetId: c.subnetId },
    ]);
    (await api.connect(targets, { to: c.address })).end();
    await api.elb.setSubnets({ LoadBalancerArn: loadBalancer, Subnets: [a.subnetId] });
    await expect(connectTo(listenerPort, { host: c.address })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await stays.carries()).toBe(true);
    stays.end();
  });
});

describe("SetSecurityGroups", () => {
  it("answers with the groups, and they are described", async () => {
    await using api = await Api.start();
    const arn = await api.loadBalancer({ SecurityGroups: ["sg-0123456789abcdef0"] });
    const answer = await api.elb.setSecurityGroups({
      LoadBalancerArn: arn,
      SecurityGroups: ["sg-0fedcba9876543210"],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
    });
    expect(answer).toMatchObject({
      SecurityGroupIds: ["sg-0fedcba9876543210"],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
    });
    const { LoadBalancers } = await api.elb.describeLoadBalancers({});
    expect(LoadBalancers?.[0]).toMatchObject({
      SecurityGroups: ["sg-0fedcba9876543210"],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
    });
  });
});

describe("SetIpAddressType", () => {
  it("dualstack gives nodes an IPv6 address that clients reach, and ipv4 takes it away", async () => {
    const subnets = [{ id: a.subnetId, zone: a.name, address: a.address, ipv6Address: "::1" }];
    await using api = await Api.start({ subnets });
    await using targets = await Targets.listen(1);
    const loadBalancer = await api.loadBalancer();
    const group = await api.targetGroup();
    const port = ownPort;
    await api.listener(loadBalancer, group, { Port: port });
    await api.register(group, targets);
    await expect(connectTo(port, { host: "::1" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const set = async (IpAddressType: "dualstack" | "ipv4"): Promise<unknown> =>
      (await api.elb.setIpAddressType({ LoadBalancerArn: loadBalancer, IpAddressType })).IpAddressType;
    expect(await set("dualstack")).toBe("dualstack");
    for (const [to, from] of [
      ["::1", "::1"],
      [a.address, clientAddress],
    ] as const) {
      (await api.connect(targets, { to, from, port })).end();
    }
    expect(await set("ipv4")).toBe("ipv4");
    await expect(connectTo(port, { host: "::1" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("keeps a load balancer with an IPv6 target group dualstack, whichever call asks", async () => {
    const subnets = [{ id: a.subnetId, zone: a.name, address: a.address, ipv6Address: "::1" }];
    await using api = await Api.start({ subnets });
    const LoadBalancerArn = await api.loadBalancer({ IpAddressType: "dualstack" });
    const overIpv6 = await api.targetGroup({ Name: "six", IpAddressType: "ipv6" });
    const overIpv4 = await api.targetGroup();
    const ListenerArn = await api.listener(LoadBalancerArn, overIpv6, { Port: ownPort });
    const refused = {
      name: "InvalidConfigurationRequestException",
      message: "You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type",
    };
    const toIpv4 = { LoadBalancerArn, IpAddressType: "ipv4" } as const;
    await expect(api.elb.setIpAddressType(toIpv4)).rejects.toMatchObject(refused);
    await expect(api.elb.setSubnets({ ...toIpv4, Subnets: [a.subnetId] })).rejects.toMatchObject(refused);
    const forwardTo = (TargetGroupArn: string) => [{ Type: "forward", TargetGroupArn }] as const;
    await api.elb.modifyListener({ ListenerArn, DefaultActions: [...forwardTo(overIpv4)] });
    expect((await api.elb.setIpAddressType(toIpv4)).IpAddressType).toBe("ipv4");
    const back = { ListenerArn, DefaultActions: [...forwardTo(overIpv6)] };
    await expect(api.elb.modifyListener(back)).rejects.toMatchObject(refused);
  });

  it("is held by a rule with an IPv6 target group too", async () => {
    const subnets = [{ id: a.subnetId, zone: a.name, address: a.address, ipv6Address: "::1" }];
    await using api = await Api.start({ subnets });
    const LoadBalancerArn = await api.loadBalancer({ IpAddressType: "dualstack" });
    const ListenerArn = await api.listener(LoadBalancerArn, await api.targetGroup(), { Port: ownPort });
    await api.elb.createRule({
      ListenerArn,
      Priority: 1,
      Conditions: [{ Field: "source-ip", SourceIpConfig: { IpAddressType: "ipv6" } }],
      Actions: [{ Type: "forward", TargetGroupArn: await api.targetGroup({ Name: "six", IpAddressType: "ipv6" }) }],
    });
    await expect(api.elb.setIpAddressType({ LoadBalancerArn, IpAddressType: "ipv4" })).rejects.toThrow(
      "You cannot associate an IPv6 target group",
    );
  });
});
