import { readFile } from "node:fs/promises";
import { listenOn, trackLeaks, unusedPort } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy, type EdgeProxy } from "../src/index.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

async function startWith(stateFile: string): Promise<EdgeProxy> {
  return createEdgeProxy({ admin: { port: 0 }, stateFile }).start();
}

/** Posts a call and gives back the XML, whatever it says. */
async function call(nlb: EdgeProxy, parameters: Record<string, string | number>): Promise<string> {
  const body = new URLSearchParams(
    Object.entries(parameters).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const response = await fetch(`http://127.0.0.1:${nlb.admin?.port}/`, { method: "POST", body });
  return response.text();
}

function arnIn(answer: string, field: string): string {
  return new RegExp(`<${field}>([^<]+)`).exec(answer)?.[1] ?? "";
}

const rules = "DefaultActions.member.1";

async function makeEverything(nlb: EdgeProxy, port: number): Promise<{ loadBalancer: string; group: string }> {
  const made = await call(nlb, {
    Action: "CreateLoadBalancer",
    Name: "web",
    Type: "network",
    IpAddressType: "dualstack",
    "Subnets.member.1": "subnet-a",
    "Tags.member.1.Key": "team",
    "Tags.member.1.Value": "edge <&>",
  });
  const loadBalancer = arnIn(made, "LoadBalancerArn");
  const group = arnIn(
    await call(nlb, {
      Action: "CreateTargetGroup",
      Name: "app",
      Protocol: "TCP",
      Port: port,
      VpcId: "vpc-1",
      TargetType: "ip",
      HealthCheckProtocol: "HTTP",
      HealthCheckPath: "/up",
    }),
    "TargetGroupArn",
  );
  await call(nlb, {
    Action: "ModifyTargetGroupAttributes",
    TargetGroupArn: group,
    "Attributes.member.1.Key": "stickiness.enabled",
    "Attributes.member.1.Value": "true",
  });
  await call(nlb, { Action: "RegisterTargets", TargetGroupArn: group, "Targets.member.1.Id": "127.0.0.1" });
  const listener = arnIn(
    await call(nlb, {
      Action: "CreateListener",
      LoadBalancerArn: loadBalancer,
      Protocol: "TCP",
      Port: await unusedPort(),
      [`${rules}.Type`]: "forward",
      [`${rules}.TargetGroupArn`]: group,
    }),
    "ListenerArn",
  );
  await call(nlb, {
    Action: "CreateRule",
    ListenerArn: listener,
    Priority: 3,
    "Conditions.member.1.Field": "source-ip",
    "Conditions.member.1.SourceIpConfig.IpAddressType": "ipv6",
    "Actions.member.1.Type": "forward",
    "Actions.member.1.TargetGroupArn": group,
  });
  return { loadBalancer, group };
}

const questions = ["DescribeLoadBalancers", "DescribeTargetGroups"] as const;

async function everything(nlb: EdgeProxy, loadBalancer: string, group: string): Promise<string[]> {
  const answers = [
    ...(await Promise.all(questions.map((Action) => call(nlb, { Action })))),
    await call(nlb, { Action: "DescribeListeners", LoadBalancerArn: loadBalancer }),
    await call(nlb, { Action: "DescribeTargetGroupAttributes", TargetGroupArn: group }),
    await call(nlb, { Action: "DescribeTags", "ResourceArns.member.1": loadBalancer }),
  ];
  return answers.map((answer) => answer.replace(/<RequestId>[^<]*/, ""));
}

describe("the state file", () => {
  it("brings everything that the API has made back after a restart, with the same ARNs", async () => {
    await using target = await listenOn();
    await using file = await tempFile("state.json", "");
    const path = `${file.path}.kept`;
    const first = await startWith(path);
    const { loadBalancer, group } = await makeEverything(first, target.port);
    const before = await everything(first, loadBalancer, group);
    const listening = first.listeners;
    await first.close({ drainMs: 0 });
    await using second = await startWith(path);
    expect(await everything(second, loadBalancer, group)).toEqual(before);
    expect(second.listeners).toEqual(listening);
    expect(listening).toHaveLength(2);
    expect(second.describeTargetHealth("app")).toHaveLength(1);
  });

  it("keeps the node addresses of load balancers in one subnet, whichever of them are there", async () => {
    await using file = await tempFile("state.json", "");
    const path = `${file.path}.kept`;
    const make = async (nlb: EdgeProxy, Name: string): Promise<{ arn: string; address: string }> => {
      const answer = await call(nlb, {
        Action: "CreateLoadBalancer",
        Type: "network",
        Name,
        "Subnets.member.1": "subnet-a",
      });
      return { arn: arnIn(answer, "LoadBalancerArn"), address: arnIn(answer, "IpAddress") };
    };
    const first = await startWith(path);
    const one = await make(first, "one");
    const two = await make(first, "two");
    expect([one.address, two.address]).toEqual(["127.0.0.1", "127.1.0.1"]);
    expect(await make(first, "two"), "asked for once more").toEqual(two);
    await call(first, { Action: "DeleteLoadBalancer", LoadBalancerArn: one.arn });
    await first.close({ drainMs: 0 });
    await using second = await startWith(path);
    expect(arnIn(await call(second, { Action: "DescribeLoadBalancers" }), "IpAddress")).toBe(two.address);
    expect((await make(second, "three")).address).toBe("127.0.0.1");
  });

  it("keeps names and tags that JavaScript's objects have a meaning for", async () => {
    await using file = await tempFile("state.json", "");
    const path = `${file.path}.kept`;
    const tags = ["__proto__", "constructor", "toString", "1"].map((key, i) => [
      [`Tags.member.${i + 1}.Key`, key],
      [`Tags.member.${i + 1}.Value`, `value of ${key}`],
    ]);
    const common = { ...Object.fromEntries(tags.flat()), Protocol: "TCP", Port: 80, VpcId: "vpc-1" };
    const first = await startWith(path);
    const arns = [
      arnIn(
        await call(first, {
          ...common,
          Action: "CreateLoadBalancer",
          Name: "constructor",
          Type: "network",
          "Subnets.member.1": "subnet-a",
        }),
        "LoadBalancerArn",
      ),
      arnIn(await call(first, { ...common, Action: "CreateTargetGroup", Name: "toString" }), "TargetGroupArn"),
    ];
    const tagsOf = async (nlb: EdgeProxy): Promise<string[]> => {
      const answer = await call(nlb, {
        Action: "DescribeTags",
        "ResourceArns.member.1": arns[0] ?? "",
        "ResourceArns.member.2": arns[1] ?? "",
      });
      return [...answer.matchAll(/<Value>([^<]*)/g)].map(([, value]) => value ?? "").sort();
    };
    const all = ["1", "1", "__proto__", "__proto__", "constructor", "constructor", "toString", "toString"];
    const expected = all.map((key) => `value of ${key}`);
    expect(await tagsOf(first)).toEqual(expected);
    await first.close({ drainMs: 0 });
    await using second = await startWith(path);
    expect(await tagsOf(second)).toEqual(expected);
  });

  it("keeps that a caller has asked for a node's address", async () => {
    await using file = await tempFile("state.json", "");
    const path = `${file.path}.kept`;
    const first = await startWith(path);
    await call(first, {
      Action: "CreateLoadBalancer",
      Type: "network",
      Name: "inner",
      Scheme: "internal",
      "SubnetMappings.member.1.SubnetId": "subnet-a",
      "SubnetMappings.member.1.PrivateIPv4Address": "127.9.0.9",
    });
    await first.close({ drainMs: 0 });
    await using second = await startWith(path);
    const answer = await call(second, { Action: "DescribeLoadBalancers" });
    expect(arnIn(answer, "PrivateIPv4Address")).toBe("127.9.0.9");
  });

  it("does not keep what a config says", async () => {
    await using file = await tempFile("state.json", "");
    const path = `${file.path}.kept`;
    await using nlb = await createEdgeProxy({
      admin: { port: 0 },
      stateFile: path,
      targetGroups: [{ name: "ours", port: 80 }],
    }).start();
    await call(nlb, { Action: "CreateTargetGroup", Name: "theirs", Protocol: "TCP", Port: 80, VpcId: "vpc-1" });
    const { targetGroups } = JSON.parse(await readFile(path, "utf8")) as { targetGroups: { name: string }[] };
    expect(targetGroups.map(({ name }) => name)).toEqual(["theirs"]);
  });

  const refusals = [
    ["that was cut off", '{ "format": "edge-proxy state", "ver', "it is not JSON, or was cut off"],
    ["that is empty", "", "it is not JSON, or was cut off"],
    ["of another program", '{ "version": 1 }', "it is not a state file of edge-proxy"],
    ["of a later version", '{ "format": "edge-proxy state", "version": 2 }', "it has the version 2"],
    [
      "with something wrong in it",
      '{ "format": "edge-proxy state", "version": 1, "loadBalancers": [], "targetGroups": [{ "name": 1 }] }',
      "targetGroups[0].name",
    ],
    [
      "with tags that are no strings",
      JSON.stringify({
        format: "edge-proxy state",
        version: 1,
        loadBalancers: [],
        targetGroups: [
          { name: "app", identity: { id: "0123456789abcdef", region: "r", tags: { a: 1 }, createdAtMs: 0 } },
        ],
      }),
      "targetGroups[0].identity.tags: must be a map of strings",
    ],
  ];

  it.each(refusals)("%s is refused with its reason and left as it was", async (_, content, reason) => {
    await using file = await tempFile("state.json", content);
    const start = startWith(file.path);
    await expect(start).rejects.toMatchObject({ code: "EDGE_STATE_UNUSABLE" });
    await expect(start).rejects.toThrow(reason);
    expect(await readFile(file.path, "utf8")).toBe(content);
  });

  it("that cannot be written makes the call fail, and nothing of it stays", async () => {
    await using file = await tempFile("state.json", "");
    await using nlb = await startWith(`${file.path}.kept`);
    await file[Symbol.asyncDispose]();
    const answer = await call(nlb, {
      Action: "CreateTargetGroup",
      Name: "app",
      Protocol: "TCP",
      Port: 80,
      VpcId: "vpc-1",
    });
    expect(answer).toContain("<Code>InternalFailure</Code>");
    expect(await call(nlb, { Action: "DescribeTargetGroups" })).toContain("<TargetGroups/>");
  });
});
