import { Resolver } from "node:dns/promises";
import { collect, connectTo, listenOn, trackLeaks, unusedPort } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { parseYamlConfig } from "../src/api/config/load.ts";
import { createEdgeProxy, EdgeProxy } from "../src/index.ts";

trackLeaks();

const file = (more = ""): string => `admin: { port: 0 }
loadBalancers:
  - { name: web, listeners: [{ port: 0, targetGroup: app }] }
targetGroups:
  - { name: app, port: 3000, targets: [{ id: 127.0.0.1 }] }
  - name: spare
    port: 3000
${more}`;

/** An NLB of a file whose text can change. */
async function startFrom(text: { now: string }): Promise<EdgeProxy> {
  const load = async () => parseYamlConfig(text.now, "nlb.yaml");
  return new EdgeProxy(await load(), { configSource: load, probe: () => ({ outcome: "ok" }) }).start();
}

async function call(nlb: EdgeProxy, parameters: Record<string, string>): Promise<string> {
  const url = `http://127.0.0.1:${nlb.admin?.port}/`;
  return (await fetch(url, { method: "POST", body: new URLSearchParams(parameters) })).text();
}

async function arnOf(nlb: EdgeProxy, name: string): Promise<string> {
  const answer = await call(nlb, { Action: "DescribeTargetGroups", "Names.member.1": name });
  return /<TargetGroupArn>([^<]+)/.exec(answer)?.[1] ?? "";
}

describe("what a file defines", () => {
  it("is described by the API, and keeps its ARNs from start to start", async () => {
    const text = { now: file() };
    const first = await startFrom(text);
    const arn = await arnOf(first, "app");
    expect(arn).toMatch(/^arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup\/app\/[0-9a-f]{16}$/);
    await first.close({ drainMs: 0 });
    await using second = await startFrom(text);
    expect(await arnOf(second, "app")).toBe(arn);
  });

  it.each([
    [
      "ModifyTargetGroupAttributes",
      { "Attributes.member.1.Key": "stickiness.enabled", "Attributes.member.1.Value": "true" },
    ],
    ["RegisterTargets", { "Targets.member.1.Id": "127.0.0.2" }],
    ["DeregisterTargets", { "Targets.member.1.Id": "127.0.0.1" }],
    ["AddTags", { "Tags.member.1.Key": "a" }],
  ])("cannot be changed by the API: %s", async (Action, parameters) => {
    await using nlb = await startFrom({ now: file() });
    const arn = await arnOf(nlb, "app");
    const answer = await call(nlb, { Action, TargetGroupArn: arn, "ResourceArns.member.1": arn, ...parameters });
    expect(answer).toContain("<Code>OperationNotPermitted</Code>");
    expect(answer).toContain("Target group &apos;app&apos; is defined in nlb.yaml: change it there");
    expect(nlb.describeTargetHealth("app")).toHaveLength(1);
  });

  it("cannot be deleted by the API", async () => {
    await using nlb = await startFrom({ now: file() });
    const answer = await call(nlb, { Action: "DeleteTargetGroup", TargetGroupArn: await arnOf(nlb, "spare") });
    expect(answer).toContain("<Code>OperationNotPermitted</Code>");
  });

  it("has the region of the file, and so has what an unsigned call makes and DNS answers for, after a reload too", async () => {
    const more = "dns: { port: 0 }\n";
    const text = { now: file(more) };
    await using nlb = await startFrom(text);
    text.now = file(`region: eu-west-1\n${more}`);
    expect((await nlb.reload()).atNextStart).toEqual([]);
    const parameters = { Action: "CreateTargetGroup", Name: "made", Protocol: "TCP", Port: "80", VpcId: "vpc-1" };
    expect(await call(nlb, parameters)).toContain("arn:aws:elasticloadbalancing:eu-west-1:");
    expect(await arnOf(nlb, "app")).toContain("arn:aws:elasticloadbalancing:eu-west-1:");
    const resolver = new Resolver({ timeout: 5_000, tries: 1 });
    resolver.setServers([`${nlb.dns?.address}:${nlb.dns?.port}`]);
    const answers = ["x.elb.eu-west-1.amazonaws.com", "x.elb.us-east-1.amazonaws.com"].map((name) =>
      resolver.resolve4(name).catch(({ code }) => code),
    );
    expect(await Promise.all(answers)).toEqual(["ENOTFOUND", "EREFUSED"]);
  });

  it("can be used by what the API makes, which a reload leaves alone", async () => {
    await using target = await listenOn(undefined, (socket) => socket.end("from the file's group"));
    const text = { now: file(`    targets: [{ id: 127.0.0.1, port: ${target.port} }]\n`) };
    await using nlb = await startFrom(text);
    const made = await call(nlb, {
      Action: "CreateLoadBalancer",
      Name: "extra",
      Type: "network",
      "Subnets.member.1": "subnet-a",
    });
    const port = await unusedPort();
    await call(nlb, {
      Action: "CreateListener",
      LoadBalancerArn: /<LoadBalancerArn>([^<]+)/.exec(made)?.[1] ?? "",
      Protocol: "TCP",
      Port: String(port),
      "DefaultActions.member.1.Type": "forward",
      "DefaultActions.member.1.TargetGroupArn": await arnOf(nlb, "spare"),
    });
    text.now = `${text.now}  - { name: later, port: 80 }\n`;
    expect((await nlb.reload()).changes).toEqual([{ kind: "added", what: "target group 'later'" }]);
    // Not where the file's load balancer is.
    const { address: host } = nlb.listeners.find((at) => at.port === port) ?? {};
    expect(host).toBe("127.1.0.1");
    const client = await connectTo(port, { host });
    expect((await collect(client)).bytes.toString()).toBe("from the file's group");
    client.destroy();
  });

  it("cannot take a name that the API has taken: the reload changes nothing and says so", async () => {
    const text = { now: file() };
    await using nlb = await startFrom(text);
    await call(nlb, { Action: "CreateTargetGroup", Name: "late", Protocol: "TCP", Port: "80", VpcId: "vpc-1" });
    text.now = file("  - { name: late, port: 80 }");
    await expect(nlb.reload()).rejects.toThrow("A target group with the same name 'late' exists");
    expect(await call(nlb, { Action: "DescribeTargetGroups" })).toContain("<TargetGroupName>late</TargetGroupName>");
  });
});

describe("a target drained by hand", () => {
  it("gets flows again when the API registers it", async () => {
    await using nlb = await createEdgeProxy(
      {
        admin: { port: 0 },
        loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
        targetGroups: [{ name: "app", port: 3000, targets: [{ id: "127.0.0.1" }] }],
      },
      { probe: () => ({ outcome: "ok" }) },
    ).start();
    nlb.drainTarget("app", "127.0.0.1:3000");
    const state = (): string | undefined => nlb.describeTargetHealth("app")[0]?.TargetHealth.State;
    expect(state()).toBe("draining");
    const arn = await arnOf(nlb, "app");
    await call(nlb, { Action: "RegisterTargets", TargetGroupArn: arn, "Targets.member.1.Id": "127.0.0.1" });
    expect(state()).not.toBe("draining");
  });
});
