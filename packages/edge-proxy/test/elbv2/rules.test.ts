import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { clientAddress, ownPort, zones } from "./support/place.ts";
import { Targets } from "./support/targets.ts";

trackLeaks();

const [a] = zones;
const port = ownPort;

function family(IpAddressType: "ipv4" | "ipv6"): RuleCondition[] {
  return [{ Field: "source-ip", SourceIpConfig: { IpAddressType } }];
}

/** A dualstack load balancer with a listener on `127.…` and `::1`, its own group and one for a rule. */
async function dualstack(): Promise<{ api: Api; listener: string; byDefault: string; byRule: string }> {
  const api = await Api.start({ subnets: [{ id: a.subnetId, zone: a.name, address: a.address, ipv6Address: "::1" }] });
  const loadBalancer = await api.loadBalancer({ IpAddressType: "dualstack" });
  const [byDefault, byRule] = [await api.targetGroup(), await api.targetGroup({ Name: "six" })];
  return { api, listener: await api.listener(loadBalancer, byDefault, { Port: port }), byDefault, byRule };
}

describe("CreateRule", () => {
  it("sends clients of one address family to a group of their own", async () => {
    const { api, listener, byDefault, byRule } = await dualstack();
    await using _ = api;
    await using four = await Targets.listen(1);
    await using six = await Targets.listen(1);
    await api.register(byDefault, four);
    await api.register(byRule, six);
    const { Rules } = await api.elb.createRule({
      ListenerArn: listener,
      Priority: 10,
      Conditions: family("ipv6"),
      Actions: [{ Type: "forward", TargetGroupArn: byRule }],
    });
    expect(Rules).toMatchObject([{ Priority: "10", IsDefault: false, Conditions: family("ipv6") }]);
    expect(Rules?.[0]?.RuleArn).toMatch(
      new RegExp(`^${listener.replace(":listener/", ":listener-rule/")}/[0-9a-f]{16}$`),
    );
    const over = async (to: string, from: string, targets: Targets): Promise<void> => {
      (await api.connect(targets, { to, from, port })).end();
    };
    await over(a.address, clientAddress, four);
    await over("::1", "::1", six);
    await api.elb.deleteRule({ RuleArn: Rules?.[0]?.RuleArn });
    await over("::1", "::1", four);
  });
});

describe("DescribeRules", () => {
  it("always has the default rule, last", async () => {
    const { api, listener, byDefault, byRule } = await dualstack();
    await using _ = api;
    const described = async (): Promise<unknown> =>
      (await api.elb.describeRules({ ListenerArn: listener })).Rules?.map(({ Priority, IsDefault }) => [
        Priority,
        IsDefault,
      ]);
    expect(await described()).toEqual([["default", true]]);
    const Actions = [{ Type: "forward" as const, TargetGroupArn: byRule }];
    const made = await api.elb.createRule({ ListenerArn: listener, Priority: 7, Conditions: family("ipv6"), Actions });
    expect(await described()).toEqual([
      ["7", false],
      ["default", true],
    ]);
    const RuleArns = [made.Rules?.[0]?.RuleArn ?? ""];
    expect((await api.elb.describeRules({ RuleArns })).Rules).toMatchObject([{ Priority: "7" }]);
    const { Rules } = await api.elb.describeRules({ ListenerArn: listener });
    expect(Rules?.[1]?.Actions).toMatchObject([{ Type: "forward", TargetGroupArn: byDefault }]);
  });
});

describe("ModifyRule", () => {
  it("changes the condition and the group of new flows", async () => {
    const { api, listener, byDefault, byRule } = await dualstack();
    await using _ = api;
    await using one = await Targets.listen(1);
    await using other = await Targets.listen(1);
    await api.register(byDefault, one);
    await api.register(byRule, other);
    const Actions = [{ Type: "forward" as const, TargetGroupArn: byRule }];
    const { Rules } = await api.elb.createRule({
      ListenerArn: listener,
      Priority: 1,
      Conditions: family("ipv6"),
      Actions,
    });
    const modified = await api.elb.modifyRule({ RuleArn: Rules?.[0]?.RuleArn, Conditions: family("ipv4") });
    expect(modified.Rules).toMatchObject([{ RuleArn: Rules?.[0]?.RuleArn, Conditions: family("ipv4"), Actions }]);
    (await api.connect(other, { to: a.address, port })).end();
  });
});

describe("SetRulePriorities", () => {
  it("makes another rule the first one", async () => {
    const { api, listener, byDefault, byRule } = await dualstack();
    await using _ = api;
    await using one = await Targets.listen(1);
    await using other = await Targets.listen(1);
    await api.register(byDefault, one);
    await api.register(byRule, other);
    const rule = async (Priority: number, group: string): Promise<string> => {
      const Actions = [{ Type: "forward" as const, TargetGroupArn: group }];
      const made = await api.elb.createRule({ ListenerArn: listener, Priority, Conditions: family("ipv4"), Actions });
      return made.Rules?.[0]?.RuleArn ?? "";
    };
    const [first, second] = [await rule(1, byDefault), await rule(2, byRule)];
    const reached = async (targets: Targets): Promise<void> => {
      (await api.connect(targets, { to: a.address, port })).end();
    };
    await reached(one);
    const { Rules } = await api.elb.setRulePriorities({
      RulePriorities: [
        { RuleArn: first, Priority: 2 },
        { RuleArn: second, Priority: 1 },
      ],
    });
    expect(Rules?.map(({ RuleArn, Priority }) => [RuleArn, Priority]).sort()).toEqual(
      [
        [first, "2"],
        [second, "1"],
      ].sort(),
    );
    await reached(other);
  });
});

it("a rule of another kind of load balancer, or with a priority that is taken, is refused", async () => {
  const { api, listener, byRule } = await dualstack();
  await using _ = api;
  const common = {
    ListenerArn: listener,
    Priority: 1,
    Actions: [{ Type: "forward" as const, TargetGroupArn: byRule }],
  };
  const path = api.elb.createRule({ ...common, Conditions: [{ Field: "path-pattern", Values: ["/api/*"] }] });
  await expect(path).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  await api.elb.createRule({ ...common, Conditions: family("ipv4") });
  await expect(api.elb.createRule({ ...common, Conditions: family("ipv6") })).rejects.toMatchObject({
    name: "PriorityInUseException",
  });
  expect((await api.elb.describeRules({ ListenerArn: listener })).Rules).toHaveLength(2);
});

it("DeleteTargetGroup is refused while only a rule uses the group", async () => {
  const { api, listener, byRule } = await dualstack();
  await using _ = api;
  const Actions = [{ Type: "forward" as const, TargetGroupArn: byRule }];
  await api.elb.createRule({ ListenerArn: listener, Priority: 1, Conditions: family("ipv6"), Actions });
  await expect(api.elb.deleteTargetGroup({ TargetGroupArn: byRule })).rejects.toMatchObject({
    name: "ResourceInUseException",
    message: `Target group '${byRule}' is currently in use by a listener or a rule`,
  });
});
