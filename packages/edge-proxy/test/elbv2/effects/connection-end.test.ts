import { collect, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, attributeList } from "../support/api.ts";
import { Targets } from "../support/targets.ts";

trackLeaks();

const termination = "target_health_state.unhealthy.connection_termination.enabled";
const interval = "target_health_state.unhealthy.draining_interval_seconds";
const delay = "deregistration_delay.timeout_seconds";
const endWithDelay = "deregistration_delay.connection_termination.enabled";

describe("target_health_state.unhealthy", () => {
  it("connection_termination.enabled ends the flows of a target that becomes unhealthy, by default", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { group } = await api.front(targets);
    const flow = await api.connect(targets);
    api.failing.add(flow.port);
    const end = collect(flow.client);
    await api.clock.advanceAsync(70_000);
    expect((await api.states(group)).get(flow.port)).toBe("unhealthy");
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    flow.end();
  });

  it("draining_interval_seconds keeps them for so long, and sends new ones elsewhere", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { group } = await api.front(targets);
    await api.setGroup(group, { [termination]: "false", [interval]: "60" });
    const flow = await api.connect(targets);
    const { port } = flow;
    api.failing.add(port);
    await api.clock.advanceAsync(70_000);
    expect((await api.states(group)).get(port)).toBe("unhealthy.draining");
    expect((await api.spread(targets, 10)).has(port)).toBe(false);
    expect(await flow.carries()).toBe(true);
    const end = collect(flow.client);
    await api.clock.advanceAsync(60_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    expect((await api.states(group)).get(port)).toBe("unhealthy");
    flow.end();
  });

  it("without termination and interval keeps flows of an unhealthy target", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { group } = await api.front(targets, { [termination]: "false" });
    const flow = await api.connect(targets);
    api.failing.add(flow.port);
    await api.clock.advanceAsync(200_000);
    expect((await api.states(group)).get(flow.port)).toBe("unhealthy");
    expect(await flow.carries()).toBe(true);
    flow.end();
  });
});

describe("deregistration_delay", () => {
  it("timeout_seconds is how long a target drains; its flows go on after it", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { group } = await api.front(targets, { [delay]: "10" });
    const flow = await api.connect(targets);
    const asked = { TargetGroupArn: group, Targets: [{ Id: targets.address, Port: flow.port }] };
    await api.elb.deregisterTargets(asked);
    const state = async (): Promise<string | undefined> =>
      (await api.elb.describeTargetHealth(asked)).TargetHealthDescriptions?.[0]?.TargetHealth?.State;
    expect((await api.spread(targets, 10)).has(flow.port)).toBe(false);
    await api.clock.advanceAsync(9_000);
    expect(await state()).toBe("draining");
    await api.clock.advanceAsync(1_000);
    expect(await state()).toBe("unused");
    expect(await flow.carries()).toBe(true);
    flow.end();
  });

  it("connection_termination.enabled ends what is left after it", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(2);
    const { group } = await api.front(targets, { [delay]: "10", [endWithDelay]: "true" });
    const flow = await api.connect(targets);
    await api.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: targets.address, Port: flow.port }] });
    await api.clock.advanceAsync(9_000);
    expect(await flow.carries()).toBe(true);
    const end = collect(flow.client);
    await api.clock.advanceAsync(1_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    flow.end();
  });
});

describe("tcp.idle_timeout.seconds", () => {
  it("is after how long without a byte nobody is told, and who sends next is reset", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { listener } = await api.front(targets);
    const Attributes = attributeList({ "tcp.idle_timeout.seconds": "60" });
    await api.elb.modifyListenerAttributes({ ListenerArn: listener, Attributes });
    const [idle, busy] = [await api.connect(targets), await api.connect(targets)];
    await api.clock.advanceAsync(40_000);
    expect(await busy.carries()).toBe(true);
    await api.clock.advanceAsync(30_000);
    expect(idle.client.destroyed).toBe(false);
    const end = collect(idle.client);
    idle.client.write("anybody there?");
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    expect(await busy.carries()).toBe(true);
    idle.end();
    busy.end();
  });
});
