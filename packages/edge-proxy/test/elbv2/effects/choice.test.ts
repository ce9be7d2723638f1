import { connect } from "node:net";
import { collect, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, attributeList } from "../support/api.ts";
import { clientAddress, listenerPort, zones } from "../support/place.ts";
import { Targets } from "../support/targets.ts";

trackLeaks();

const [a, b] = zones;
const crossZone = "load_balancing.cross_zone.enabled";
const routing = "target_group_health.unhealthy_state_routing.minimum_healthy_targets";
const dns = "target_group_health.dns_failover.minimum_healthy_targets";

function sorted(values: Iterable<number>): number[] {
  return [...values].sort((one, other) => one - other);
}

describe("stickiness", () => {
  it("with source_ip leads a client address to one target, and other addresses to others", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(4);
    const { group } = await api.front(targets);
    expect((await api.spread(targets, 40)).size).toBeGreaterThan(1);
    await api.setGroup(group, { "stickiness.enabled": "true", "stickiness.type": "source_ip" });
    expect((await api.spread(targets, 20)).size).toBe(1);
    const from = (flow: number): string => `127.0.3.${flow + 1}`;
    expect((await api.spread(targets, 40, { from })).size).toBeGreaterThan(1);
  });
});

describe("load_balancing.cross_zone.enabled", () => {
  it("lets a node reach targets of other zones; a target group's own setting wins", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const [inA = 0, inB = 0] = targets.ports;
    const loadBalancer = await api.loadBalancer({ Subnets: [a.subnetId, b.subnetId] });
    const group = await api.targetGroup();
    await api.listener(loadBalancer, group);
    await api.register(group, targets, a.name, b.name);
    // Where both targets may be chosen, one of them is missed by chance once in 2 ** 31 times.
    const reached = async (to: string): Promise<number[]> => sorted((await api.spread(targets, 32, { to })).keys());
    const both = sorted([inA, inB]);
    expect(await reached(a.address)).toEqual([inA]);
    expect(await reached(b.address)).toEqual([inB]);
    const Attributes = attributeList({ [crossZone]: "true" });
    await api.elb.modifyLoadBalancerAttributes({ LoadBalancerArn: loadBalancer, Attributes });
    expect(await reached(a.address)).toEqual(both);
    await api.setGroup(group, { [crossZone]: "false" });
    expect(await reached(b.address)).toEqual([inB]);
    await api.setGroup(group, { [crossZone]: "use_load_balancer_configuration" });
    expect(await reached(b.address)).toEqual(both);
  });
});

describe("unhealthy_state_routing", () => {
  it.each([
    [{ [`${dns}.count`]: "2", [`${routing}.count`]: "2" }],
    [{ [`${dns}.percentage`]: "50", [`${routing}.percentage`]: "50" }],
  ])("below the threshold a node routes to all targets: %o", async (attributes) => {
    await using api = await Api.start();
    await using targets = await Targets.listen(3);
    const { group } = await api.front(targets);
    for (const port of targets.ports.slice(1)) api.failing.add(port);
    await api.clock.advanceAsync(70_000);
    expect(sorted((await api.spread(targets, 10)).keys())).toEqual(targets.ports.slice(0, 1));
    await api.setGroup(group, attributes);
    // One of the three is missed by chance with a probability of 3 * (2 / 3) ** 60, less than 1e-10.
    expect(sorted((await api.spread(targets, 60)).keys())).toEqual(sorted(targets.ports));
  });
});

/** Two target groups with a target each, and a listener that spreads flows over them. */
async function blueAndGreen(
  api: Api,
  targets: Targets,
  weights: readonly [number, number],
): Promise<{ listener: string; reweigh(...weights: [number, number]): Promise<unknown> }> {
  const groups: string[] = [];
  for (const [i, Name] of ["blue", "green"].entries()) {
    const group = await api.targetGroup({ Name });
    const Targets = [{ Id: targets.address, Port: targets.ports[i] }];
    await api.elb.registerTargets({ TargetGroupArn: group, Targets });
    groups.push(group);
  }
  const forward = (all: readonly number[]): { Type: "forward"; ForwardConfig: object }[] => {
    const TargetGroups = groups.map((TargetGroupArn, i) => ({ TargetGroupArn, Weight: all[i] }));
    return [{ Type: "forward", ForwardConfig: { TargetGroups } }];
  };
  const [first = ""] = groups;
  const listener = await api.listener(await api.loadBalancer(), first, { DefaultActions: forward(weights) });
  await api.clock.advanceAsync(1_000);
  return {
    listener,
    reweigh: async (...all) => {
      const DefaultActions = forward(all);
      const { Listeners } = await api.elb.modifyListener({ ListenerArn: listener, DefaultActions });
      expect(Listeners?.[0]?.DefaultActions).toMatchObject(DefaultActions);
    },
  };
}

describe("a weighted forward", () => {
  it("spreads new flows by weight, and follows new weights", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const [blueAt = 0, greenAt = 0] = targets.ports;
    const { reweigh } = await blueAndGreen(api, targets, [80, 20]);
    const counts = await api.spread(targets, 300);
    // 240 and 60 are expected; each bound is more than five standard deviations away.
    expect(counts.get(blueAt)).toBeGreaterThan(195);
    expect(counts.get(greenAt)).toBeGreaterThan(23);
    await reweigh(0, 1);
    expect(sorted((await api.spread(targets, 20)).keys())).toEqual([greenAt]);
  });

  it("closes the flows of a group whose weight becomes 0", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { reweigh } = await blueAndGreen(api, targets, [1, 0]);
    const flow = await api.connect(targets);
    const end = collect(flow.client);
    await reweigh(0, 1);
    expect((await withDeadline(end, "the end of the flow")).end).toBe("rst");
    flow.end();
  });
});

describe("a target group without targets", () => {
  it("has nowhere to route to: the client is reset", async () => {
    await using api = await Api.start();
    await api.listener(await api.loadBalancer(), await api.targetGroup());
    // It may be reset before it even sees that it is connected.
    const client = connect({ port: listenerPort, host: a.address, localAddress: clientAddress });
    expect((await withDeadline(collect(client), "the reset")).end).toBe("rst");
  });
});
