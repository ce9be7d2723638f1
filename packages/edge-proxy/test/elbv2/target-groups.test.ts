import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, attributeList, attributeRecord } from "./support/api.ts";
import { zones } from "./support/place.ts";
import { Targets } from "./support/targets.ts";

trackLeaks();

const common = { Name: "app", Protocol: "TCP", Port: 3000, VpcId: "vpc-0123456789abcdef0" } as const;

describe("CreateTargetGroup", () => {
  it("answers with AWS's shape, ARN and defaults", async () => {
    await using api = await Api.start();
    const { TargetGroups } = await api.elb.createTargetGroup(common);
    expect(TargetGroups).toHaveLength(1);
    const [made] = TargetGroups ?? [];
    expect(made?.TargetGroupArn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:\d{12}:targetgroup\/app\/[0-9a-f]{16}$/,
    );
    expect(made).toMatchObject({
      TargetGroupName: "app",
      Protocol: "TCP",
      Port: 3000,
      VpcId: "vpc-0123456789abcdef0",
      TargetType: "instance",
      IpAddressType: "ipv4",
      HealthCheckEnabled: true,
      HealthCheckProtocol: "TCP",
      HealthCheckPort: "traffic-port",
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 10,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
    });
    expect(made?.LoadBalancerArns ?? []).toEqual([]);
    expect(made).not.toHaveProperty("HealthCheckPath");
    expect(made).not.toHaveProperty("Matcher");
    expect(made).not.toHaveProperty("ProtocolVersion");
  });

  it.each([
    ["HTTP", 6],
    ["HTTPS", 10],
  ] as const)("fills in the path, the matcher and the timeout of %s health checks", async (protocol, timeout) => {
    await using api = await Api.start();
    const { TargetGroups } = await api.elb.createTargetGroup({ ...common, HealthCheckProtocol: protocol });
    expect(TargetGroups?.[0]).toMatchObject({
      HealthCheckProtocol: protocol,
      HealthCheckPath: "/",
      HealthCheckTimeoutSeconds: timeout,
      Matcher: { HttpCode: "200-399" },
    });
  });

  it("with the same settings gives what is there already", async () => {
    await using api = await Api.start();
    const first = await api.targetGroup();
    expect(await api.targetGroup()).toBe(first);
    expect((await api.elb.describeTargetGroups({})).TargetGroups).toHaveLength(1);
  });

  it.each(["TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"] as const)("knows the protocol %s", async (Protocol) => {
    await using api = await Api.start();
    const group = await api.targetGroup({ Protocol });
    const { TargetGroups } = await api.elb.describeTargetGroups({ TargetGroupArns: [group] });
    expect(TargetGroups?.[0]?.Protocol).toBe(Protocol);
  });
});

it.each([
  ["the type alb", { TargetType: "alb" }],
  ["the type lambda", { TargetType: "lambda" }],
  ["the protocol HTTP", { Protocol: "HTTP" }],
  ["the protocol GENEVE", { Protocol: "GENEVE" }],
] as const)("a target group with %s is not provided, and refused with words", async (_, input) => {
  await using api = await Api.start();
  await expect(api.targetGroup(input)).rejects.toMatchObject({
    name: "InvalidConfigurationRequestException",
    message: expect.stringContaining("not provided here"),
  });
});

describe("DescribeTargetGroups", () => {
  it("gives all, or those of a name, an ARN or a load balancer, with the load balancer that uses them", async () => {
    await using api = await Api.start();
    const [app, spare] = [await api.targetGroup(), await api.targetGroup({ Name: "spare" })];
    const loadBalancer = await api.loadBalancer();
    await api.listener(loadBalancer, app);
    const arns = async (input: Parameters<typeof api.elb.describeTargetGroups>[0]): Promise<unknown> =>
      (await api.elb.describeTargetGroups(input)).TargetGroups?.map(({ TargetGroupArn }) => TargetGroupArn).sort();
    expect(await arns({})).toEqual([app, spare].sort());
    expect(await arns({ Names: ["spare"] })).toEqual([spare]);
    expect(await arns({ TargetGroupArns: [app] })).toEqual([app]);
    expect(await arns({ LoadBalancerArn: loadBalancer })).toEqual([app]);
    const { TargetGroups } = await api.elb.describeTargetGroups({ Names: ["app"] });
    expect(TargetGroups?.[0]?.LoadBalancerArns).toEqual([loadBalancer]);
  });
});

describe("ModifyTargetGroup", () => {
  it("changes the health check, and targets are checked in the new way", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { group } = await api.front(targets);
    const { TargetGroups } = await api.elb.modifyTargetGroup({
      TargetGroupArn: group,
      HealthCheckProtocol: "HTTP",
      HealthCheckPath: "/up",
      HealthCheckPort: "8080",
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: "200,204" },
    });
    expect(TargetGroups?.[0]).toMatchObject({
      HealthCheckProtocol: "HTTP",
      HealthCheckPath: "/up",
      HealthCheckPort: "8080",
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: "200,204" },
    });
    const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({ TargetGroupArn: group });
    expect(TargetHealthDescriptions?.[0]?.HealthCheckPort).toBe("8080");
    api.failing.add(8080);
    // Three failures, five seconds apart; before it was two, thirty seconds apart.
    await api.clock.advanceAsync(40_000);
    expect([...(await api.states(group)).values()]).toEqual(["unhealthy"]);
  });
});

describe("DeleteTargetGroup", () => {
  it("succeeds for one that is not in use, and for one that is not there", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup();
    await api.elb.deleteTargetGroup({ TargetGroupArn: group });
    await api.elb.deleteTargetGroup({ TargetGroupArn: group });
    expect((await api.elb.describeTargetGroups({})).TargetGroups ?? []).toEqual([]);
  });

  it("is refused while a listener uses the group, with the words that Terraform looks for", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { group, listener } = await api.front(targets);
    const remove = (): Promise<unknown> => api.elb.deleteTargetGroup({ TargetGroupArn: group });
    await expect(remove()).rejects.toMatchObject({
      name: "ResourceInUseException",
      message: `Target group '${group}' is currently in use by a listener or a rule`,
    });
    await api.elb.deleteListener({ ListenerArn: listener });
    await remove();
  });
});

const targetGroupDefaults = {
  "deregistration_delay.connection_termination.enabled": "false",
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
  "preserve_client_ip.enabled": "true",
  "proxy_protocol_v2.client_to_server.header_placement": "on_first_ack_with_payload",
  "proxy_protocol_v2.enabled": "false",
  "stickiness.enabled": "false",
  "stickiness.type": "source_ip",
  "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
  "target_health_state.unhealthy.connection_termination.enabled": "true",
  "target_health_state.unhealthy.draining_interval_seconds": "0",
};

describe("target group attributes", () => {
  it.each([
    ["TCP", "instance", {}],
    ["TCP", "ip", { "preserve_client_ip.enabled": "false" }],
    ["TLS", "ip", { "preserve_client_ip.enabled": "false" }],
    ["UDP", "ip", { "deregistration_delay.connection_termination.enabled": "true" }],
    ["TCP_UDP", "instance", { "deregistration_delay.connection_termination.enabled": "true" }],
  ] as const)(
    "of a bare group with protocol %s and type %s have AWS's keys and defaults",
    async (Protocol, TargetType, others) => {
      await using api = await Api.start();
      const group = await api.targetGroup({ Protocol, TargetType });
      const { Attributes } = await api.elb.describeTargetGroupAttributes({ TargetGroupArn: group });
      expect(attributeRecord(Attributes)).toEqual({ ...targetGroupDefaults, ...others });
    },
  );

  it("are kept as they are set, all of them or none", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup();
    const wanted = {
      "deregistration_delay.connection_termination.enabled": "true",
      "deregistration_delay.timeout_seconds": "3600",
      "load_balancing.cross_zone.enabled": "true",
      "preserve_client_ip.enabled": "true",
      "proxy_protocol_v2.client_to_server.header_placement": "on_first_ack",
      "proxy_protocol_v2.enabled": "true",
      "stickiness.enabled": "true",
      "stickiness.type": "source_ip",
      "target_group_health.dns_failover.minimum_healthy_targets.count": "off",
      "target_group_health.dns_failover.minimum_healthy_targets.percentage": "50",
      "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "2",
      "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "40",
      "target_health_state.unhealthy.connection_termination.enabled": "false",
      "target_health_state.unhealthy.draining_interval_seconds": "360000",
    };
    const modified = await api.elb.modifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: attributeList(wanted),
    });
    expect(attributeRecord(modified.Attributes)).toMatchObject(wanted);
    await expect(
      api.setGroup(group, { "deregistration_delay.timeout_seconds": "1", "stickiness.enabled": "1" }),
    ).rejects.toMatchObject({ name: "InvalidConfigurationRequestException" });
    const { Attributes } = await api.elb.describeTargetGroupAttributes({ TargetGroupArn: group });
    expect(attributeRecord(Attributes)).toEqual(wanted);
  });

  it("are checked on the merged set: a termination alone is refused while an interval is stored", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup();
    const key = "target_health_state.unhealthy.connection_termination.enabled";
    const interval = "target_health_state.unhealthy.draining_interval_seconds";
    await api.setGroup(group, { [key]: "false", [interval]: "60" });
    await expect(api.setGroup(group, { [key]: "true" })).rejects.toMatchObject({
      name: "InvalidConfigurationRequestException",
      message: `You cannot have both '${key}' and '${interval}' enabled on a target group`,
    });
    await api.setGroup(group, { [key]: "true", [interval]: "0" });
  });
});

it("a load balancer without listeners leaves a target group unused in any zone", async () => {
  await using api = await Api.start();
  await using targets = await Targets.listen(1);
  await api.loadBalancer({ Subnets: zones.map(({ subnetId }) => subnetId) });
  const group = await api.targetGroup();
  await api.register(group, targets);
  expect([...(await api.states(group)).values()]).toEqual(["unused"]);
});
