import { initialState, type TargetState } from "@edgekit/health";
import { describe, expect, it } from "vitest";
import type { EdgeProxyConfig } from "../api/config/config.ts";
import { loadConfigObject } from "../api/config/load.ts";
import type { ClientIpWay } from "../data/routes.ts";
import { type ExplainQuestion, type Explanation, explain } from "./explain.ts";
import { readQuestion } from "./explain-question.ts";

const healthy: TargetState = { name: "healthy", failures: 0 };
const unhealthy: TargetState = {
  name: "unhealthy",
  reason: "Target.FailedHealthChecks",
  successes: 0,
  failure: "timeout",
};

const config: EdgeProxyConfig = {
  loadBalancers: [
    {
      name: "web",
      zones: [
        { name: "a", address: "10.0.0.1" },
        { name: "b", address: "10.0.1.1" },
      ],
      listeners: [{ port: 443, targetGroup: "app" }],
      vpcEndpoints: [{ id: "vpce-08d2bf15fac5001c9", address: "10.9.0.1", port: 443 }],
    },
  ],
  targetGroups: [
    {
      name: "app",
      port: 80,
      attributes: { "proxy_protocol_v2.enabled": true },
      targets: [
        { id: "10.0.0.8", zone: "a" },
        { id: "10.0.0.9", zone: "a" },
        { id: "10.0.1.9", zone: "b" },
      ],
    },
  ],
};

const client = { address: "198.51.100.7", port: 40_001 };

interface Circumstances {
  readonly attributes?: Record<string, boolean | string>;
  readonly states?: Readonly<Record<string, TargetState>>;
  readonly way?: ClientIpWay;
}

function ask(
  question: Partial<ExplainQuestion>,
  { attributes = {}, states = {}, way }: Circumstances = {},
): Explanation & { readonly problem?: string } {
  const [group] = config.targetGroups ?? [];
  const targetGroups = group && [{ ...group, attributes: { ...group.attributes, ...attributes } }];
  const { model } = loadConfigObject({ ...config, targetGroups });
  const answer = explain(
    {
      model,
      clientIp: new Map(way === undefined ? [] : [["web", { way, why: "a test says so" }]]),
      stateOf: (_, key) => states[key] ?? healthy,
    },
    { client, to: "web:443", ...question },
  );
  return answer as Explanation & { readonly problem?: string };
}

describe("explain", () => {
  it("says who is left out of a zone's targets, and why", () => {
    const { zone, targetGroups, target, why } = ask({}, { states: { "10.0.0.8:80": unhealthy } });
    expect([zone, target, why]).toEqual(["a", "10.0.0.9:80", "the only eligible target"]);
    expect(targetGroups[0]?.targets).toEqual([
      {
        target: "10.0.0.8:80",
        zone: "a",
        state: "unhealthy",
        eligible: false,
        chosen: false,
        why: "Health checks failed",
      },
      { target: "10.0.0.9:80", zone: "a", state: "healthy", eligible: true, chosen: true, why: "healthy" },
      {
        target: "10.0.1.9:80",
        zone: "b",
        state: "healthy",
        eligible: false,
        chosen: false,
        why: "in zone b, and cross-zone load balancing is off",
      },
    ]);
  });

  it("sends flows to unhealthy targets where all of them are, and says that it fails open", () => {
    const { targetGroups, target } = ask({}, { states: { "10.0.0.8:80": unhealthy, "10.0.0.9:80": unhealthy } });
    expect(target).toMatch(/^10\.0\.0\.[89]:80$/);
    expect(targetGroups[0]?.failOpen).toBe(true);
    expect(targetGroups[0]?.targets[0]?.why).toContain("fail-open");
  });

  it("refuses where no target can be reached, and names the group", () => {
    const gone = { "10.0.0.8:80": initialState(), "10.0.0.9:80": initialState() };
    const { target, source, header, why } = ask({}, { states: gone });
    expect([target, source, header]).toEqual([undefined, undefined, undefined]);
    expect(why).toBe("refused.no_target: no target of 'app' is eligible");
  });

  it("leads a client to the same target whatever the seed with stickiness, and to all of them without", () => {
    const targetsOf = (circumstances: Circumstances): number =>
      new Set(Array.from({ length: 50 }, (_, seed) => ask({ seed }, circumstances).target)).size;
    expect(targetsOf({ attributes: { "stickiness.enabled": true } })).toBe(1);
    expect(targetsOf({})).toBe(2);
    expect(targetsOf({ attributes: { "load_balancing.cross_zone.enabled": "true" } })).toBe(3);
  });

  it.each([
    ["off without the attribute", {}, undefined, "node", "10.0.0.1", undefined],
    ["transparent", { "preserve_client_ip.enabled": true }, "transparent", "client", "198.51.100.7", 40_001],
    ["loopback", { "preserve_client_ip.enabled": true }, "loopback", "node", "10.0.0.1", undefined],
    ["off", { "preserve_client_ip.enabled": true }, "off", "node", "10.0.0.1", undefined],
  ] as const)("shows the address that targets see: %s", (_, attributes, way, kind, address, port) => {
    const { source } = ask({}, { attributes, ...(way === undefined ? {} : { way }) });
    expect([source?.kind, source?.address, source?.port]).toEqual([kind, address, port]);
    expect(source?.why).not.toBe("");
  });

  it("never keeps the client's address through a VPC endpoint, and puts the endpoint's id into the header", () => {
    const { source, header, address } = ask(
      { via: "vpce-08d2bf15fac5001c9" },
      { attributes: { "preserve_client_ip.enabled": true }, way: "transparent" },
    );
    expect(address).toBe("10.9.0.1");
    expect(source?.kind).toBe("node");
    expect(header?.parts.map(({ value }) => value)).toContain("vpce-08d2bf15fac5001c9");
    expect(ask({ to: "10.9.0.1:443" }).vpcEndpointId).toBe("vpce-08d2bf15fac5001c9");
  });

  it("tells of a client that is its own target", () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const own = { address: "10.0.0.9", port: 5 };
    const circumstances = { attributes: { "preserve_client_ip.enabled": true }, way: "transparent" } as const;
    const answers = seeds.map((seed) => ask({ client: own, seed }, circumstances));
    expect(answers.some(({ why, target }) => why.startsWith("refused.hairpin") && target === undefined)).toBe(true);
  });

  it.each([
    [{ to: "wed:443" }, "nothing listens at 'wed:443'; did you mean 'web:443'?"],
    [{ via: "vpce-0" }, "no VPC endpoint 'vpce-0' leads to 'web:443'; one of: vpce-08d2bf15fac5001c9"],
  ])("says what is wrong with a question and what would be right: %j", (question, problem) => {
    expect(ask(question).problem).toBe(problem);
  });

  it("takes an IPv4-mapped client for the IPv4 client that it is", () => {
    expect(ask({ client: { address: "::ffff:198.51.100.7", port: 1 } }).client).toBe("198.51.100.7:1");
  });
});

describe("readQuestion", () => {
  it("reads addresses with and without brackets, and the seed", () => {
    expect(readQuestion({ from: "[2001:DB8:0::1]:7", to: "web", via: "", seed: "4294967295" })).toEqual({
      client: { address: "2001:db8::1", port: 7 },
      to: "web",
      seed: 0xffff_ffff,
    });
  });

  it.each([
    { to: "web" },
    { from: "198.51.100.7", to: "web" },
    { from: "example.com:80", to: "web" },
    { from: "198.51.100.7:65536", to: "web" },
    { from: "::1:80", to: "web" },
    { from: "198.51.100.7:1" },
    { from: "198.51.100.7:1", to: "web", seed: "-1" },
    { from: "198.51.100.7:1", to: "web", seed: "4294967296" },
  ])("refuses %j", (text) => {
    expect(readQuestion(text)).toHaveProperty("problem");
  });
});
