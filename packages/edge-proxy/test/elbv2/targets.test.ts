import {
  waitUntilLoadBalancerAvailable,
  waitUntilLoadBalancerExists,
  waitUntilLoadBalancersDeleted,
  waitUntilTargetDeregistered,
  waitUntilTargetInService,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, instanceId } from "./support/api.ts";
import { zones } from "./support/place.ts";
import { Targets } from "./support/targets.ts";

trackLeaks();

describe("RegisterTargets", () => {
  it("registers by address and port, once each, and the group's port is the default", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup({ Port: 3000 });
    const register = (Targets: { Id: string; Port?: number }[]): Promise<unknown> =>
      api.elb.registerTargets({ TargetGroupArn: group, Targets });
    await register([{ Id: "127.0.0.1" }, { Id: "127.0.0.1", Port: 3001 }]);
    await register([{ Id: "127.0.0.1", Port: 3001 }]);
    expect([...(await api.states(group)).keys()].sort()).toEqual([3000, 3001]);
  });

  it("takes AWS's private ranges beside loopback addresses", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup();
    const ids = ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "127.0.0.1"];
    await api.elb.registerTargets({ TargetGroupArn: group, Targets: ids.map((Id) => ({ Id })) });
    const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({ TargetGroupArn: group });
    expect(TargetHealthDescriptions?.map(({ Target }) => Target?.Id).sort()).toEqual(ids.sort());
  });

  it("reaches an instance at the address that the config gives it", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const loadBalancer = await api.loadBalancer();
    const group = await api.targetGroup({ TargetType: "instance" });
    await api.listener(loadBalancer, group);
    await api.elb.registerTargets({ TargetGroupArn: group, Targets: [{ Id: instanceId, Port: targets.ports[0] }] });
    await api.clock.advanceAsync(1_000);
    const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({ TargetGroupArn: group });
    expect(TargetHealthDescriptions?.[0]).toMatchObject({
      Target: { Id: instanceId },
      TargetHealth: { State: "healthy" },
    });
    (await api.connect(targets)).end();
  });
});

describe("DescribeTargetHealth", () => {
  it("takes an empty list of targets as all of them", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup();
    await api.elb.registerTargets({ TargetGroupArn: group, Targets: [{ Id: "127.0.0.1" }] });
    const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({ TargetGroupArn: group, Targets: [] });
    expect(TargetHealthDescriptions?.map(({ Target }) => Target?.Id)).toEqual(["127.0.0.1"]);
  });

  it("goes through AWS's states with their reasons and descriptions", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const [Port = 0] = targets.ports;
    const group = await api.targetGroup();
    const health = async (): Promise<unknown> => {
      const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({ TargetGroupArn: group });
      return TargetHealthDescriptions?.[0]?.TargetHealth;
    };
    await api.elb.registerTargets({ TargetGroupArn: group, Targets: [{ Id: "127.0.0.1", Port }] });
    expect(await health()).toEqual({
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    });
    api.failing.add(Port);
    const loadBalancer = await api.loadBalancer();
    await api.listener(loadBalancer, group);
    expect(await health()).toMatchObject({
      State: "initial",
      Reason: expect.stringMatching(/^Elb\.(RegistrationInProgress|InitialHealthChecking)$/),
      Description: expect.stringMatching(/ in progress$/),
    });
    await api.clock.advanceAsync(70_000);
    expect(await health()).toEqual({
      State: "unhealthy",
      Reason: "Target.FailedHealthChecks",
      Description: "Health checks failed",
    });
    api.failing.delete(Port);
    await api.clock.advanceAsync(180_000);
    expect(await health()).toEqual({ State: "healthy" });
    await api.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: "127.0.0.1", Port }] });
    expect(await health()).toEqual({
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    });
    await api.clock.advanceAsync(300_000);
    expect(await health()).toBeUndefined();
  });

  it("answers for targets that are asked for: also for one that is not registered", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { group } = await api.front(targets);
    const [asked, stranger] = [
      { Id: "127.0.0.1", Port: targets.ports[1] ?? 0 },
      { Id: "127.0.0.77", Port: 9999 },
    ];
    const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({
      TargetGroupArn: group,
      Targets: [asked, stranger],
    });
    expect(TargetHealthDescriptions).toMatchObject([
      { Target: asked, HealthCheckPort: String(asked.Port), TargetHealth: { State: "healthy" } },
      {
        Target: stranger,
        TargetHealth: {
          State: "unused",
          Reason: "Target.NotRegistered",
          Description: "Target is not registered to the target group",
        },
      },
    ]);
  });

  it("says that a target's zone is not enabled for the load balancer", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const loadBalancer = await api.loadBalancer({ Subnets: [zones[0].subnetId] });
    const group = await api.targetGroup();
    await api.listener(loadBalancer, group);
    await api.register(group, targets, zones[1].name);
    const { TargetHealthDescriptions } = await api.elb.describeTargetHealth({ TargetGroupArn: group });
    expect(TargetHealthDescriptions).toMatchObject([
      {
        Target: { AvailabilityZone: zones[1].name },
        TargetHealth: {
          State: "unused",
          Reason: "Target.NotInUse",
          Description: "Target is in an Availability Zone that is not enabled for the load balancer",
        },
      },
    ]);
  });

  it("is an empty list for an empty group", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup();
    const { TargetHealthDescriptions = [] } = await api.elb.describeTargetHealth({ TargetGroupArn: group });
    expect(TargetHealthDescriptions).toEqual([]);
  });
});

describe("DeregisterTargets", () => {
  it("without a port means the group's port, and succeeds for one that is not registered", async () => {
    await using api = await Api.start();
    const group = await api.targetGroup({ Port: 3000 });
    const Targets = [{ Id: "127.0.0.1" }, { Id: "127.0.0.1", Port: 3001 }];
    await api.elb.registerTargets({ TargetGroupArn: group, Targets });
    const stranger = { Id: "127.0.0.77", Port: 1 };
    await api.elb.deregisterTargets({ TargetGroupArn: group, Targets: [stranger, { Id: "127.0.0.1" }] });
    expect(Object.fromEntries(await api.states(group))).toEqual({ 3000: "draining", 3001: "unused" });
  });

  it("may be taken back: the target is registered anew and its flows stand", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { group } = await api.front(targets);
    const flow = await api.connect(targets);
    await api.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: targets.address, Port: flow.port }] });
    await api.register(group, targets);
    expect([...(await api.states(group)).values()]).toEqual(["healthy"]);
    expect(await flow.carries()).toBe(true);
    flow.end();
  });
});

describe("the waiters", () => {
  const wait = (api: Api): { client: Api["elb"]; maxWaitTime: number; minDelay: number; maxDelay: number } => ({
    client: api.elb,
    maxWaitTime: 10,
    minDelay: 1,
    maxDelay: 1,
  });

  it("load-balancer-exists, -available and -deleted end", async () => {
    await using api = await Api.start();
    const arn = await api.loadBalancer();
    const asked = { LoadBalancerArns: [arn] };
    expect((await waitUntilLoadBalancerExists(wait(api), asked)).state).toBe("SUCCESS");
    expect((await waitUntilLoadBalancerAvailable(wait(api), asked)).state).toBe("SUCCESS");
    await api.elb.deleteLoadBalancer({ LoadBalancerArn: arn });
    expect((await waitUntilLoadBalancersDeleted(wait(api), asked)).state).toBe("SUCCESS");
  });

  it("target-in-service waits for the first health check, target-deregistered for the end of the delay", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const group = await api.targetGroup();
    await api.listener(await api.loadBalancer(), group);
    const asked = { TargetGroupArn: group, Targets: [{ Id: "127.0.0.1", Port: targets.ports[0] }] };
    await api.elb.registerTargets(asked);
    let settled = false;
    const inService = waitUntilTargetInService(wait(api), asked).finally(() => {
      settled = true;
    });
    expect([...(await api.states(group)).values()]).toEqual(["initial"]);
    expect(settled).toBe(false);
    await api.clock.advanceAsync(1_000);
    expect((await inService).state).toBe("SUCCESS");
    await api.elb.deregisterTargets(asked);
    expect([...(await api.states(group)).values()]).toEqual(["draining"]);
    await api.clock.advanceAsync(300_000);
    expect((await waitUntilTargetDeregistered(wait(api), asked)).state).toBe("SUCCESS");
  });
});
