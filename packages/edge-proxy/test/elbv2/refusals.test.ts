import { trackLeaks } from "@edgekit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Made } from "./refusals/refusal.ts";
import { refusals } from "./refusals/refusals.ts";
import { Api, attributeList } from "./support/api.ts";
import { zones } from "./support/place.ts";

trackLeaks();

/** For the tests' names. */
const names = new Proxy({} as Made, { get: (_, name) => `<${String(name)}>` });

async function make(api: Api): Promise<Made> {
  const loadBalancer = await api.loadBalancer();
  const group = await api.targetGroup();
  const otherLoadBalancer = await api.loadBalancer({ Name: "other", Subnets: [zones[1].subnetId] });
  const taken = await api.targetGroup({ Name: "taken" });
  await api.listener(otherLoadBalancer, taken);
  const protectedLoadBalancer = await api.loadBalancer({ Name: "protected", Subnets: [zones[2].subnetId] });
  await api.elb.modifyLoadBalancerAttributes({
    LoadBalancerArn: protectedLoadBalancer,
    Attributes: attributeList({ "deletion_protection.enabled": "true" }),
  });
  return {
    loadBalancer,
    otherLoadBalancer,
    protectedLoadBalancer,
    listener: await api.listener(loadBalancer, group),
    group,
    spare: await api.targetGroup({ Name: "spare" }),
    udp: await api.targetGroup({ Name: "udp", Protocol: "UDP" }),
    tls: await api.targetGroup({ Name: "tls", Protocol: "TLS" }),
    ipv6: await api.targetGroup({ Name: "ipv6", IpAddressType: "ipv6" }),
    taken,
  };
}

/** Everything that the API tells about what is there. */
async function described({ elb }: Api, { loadBalancer, group, listener }: Made): Promise<unknown> {
  const answers = [
    await elb.describeLoadBalancers({}),
    await elb.describeTargetGroups({}),
    await elb.describeListeners({ LoadBalancerArn: loadBalancer }),
    await elb.describeLoadBalancerAttributes({ LoadBalancerArn: loadBalancer }),
    await elb.describeTargetGroupAttributes({ TargetGroupArn: group }),
    await elb.describeListenerAttributes({ ListenerArn: listener }),
    await elb.describeTargetHealth({ TargetGroupArn: group }),
    await elb.describeTags({ ResourceArns: [group] }),
  ];
  return answers.map(({ $metadata, ...rest }) => rest);
}

describe("calls that AWS refuses", () => {
  let api: Api;
  let made: Made;
  let before: unknown;

  beforeAll(async () => {
    api = await Api.start();
    made = await make(api);
    before = await described(api, made);
  });

  afterAll(() => api[Symbol.asyncDispose]());

  it.each(refusals.map((refusal) => ({ ...refusal, shows: JSON.stringify(refusal.input(names)) })))(
    "$call $shows is refused with AWS's code and words",
    async ({ call, input, code, message }) => {
      const send = api.elb[call] as (input: object) => Promise<unknown>;
      const error = await send.call(api.elb, input(made)).then(
        () => undefined,
        (reason: Error) => reason,
      );
      const words = typeof message === "function" ? message(made) : message;
      if (typeof words === "string") expect(error?.message).toBe(words);
      else expect(error?.message).toMatch(words);
      const codes = code === undefined ? ["ValidationError", "InvalidConfigurationRequest"] : [code];
      expect(codes).toContain(error?.name.replace(/Exception$/, ""));
    },
  );

  it("have changed nothing", async () => {
    expect(await described(api, made)).toEqual(before);
  });
});
