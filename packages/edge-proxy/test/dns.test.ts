import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { VirtualClock } from "@edgekit/health/monitor";
import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy, type EdgeProxy, type EdgeProxyConfig } from "../src/index.ts";
import { readScrape, sumOf } from "./support/scrape.ts";

trackLeaks();

const zones = [
  { name: "us-east-1a", address: "127.0.0.1", ipv6Address: "::1" },
  { name: "us-east-1b", address: "127.0.0.2" },
];
const half = {
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": 50,
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": 50,
};
const targetsIn = (zone: string, net: number): { id: string; zone: string }[] =>
  Array.from({ length: 10 }, (_, i) => ({ id: `127.0.${net}.${i + 1}`, zone }));

function config(crossZone = false): EdgeProxyConfig {
  return {
    admin: false,
    dns: { port: 0 },
    loadBalancers: [
      {
        name: "web",
        zones,
        attributes: { "load_balancing.cross_zone.enabled": crossZone },
        listeners: [{ port: 0, targetGroup: "app" }],
      },
    ],
    targetGroups: [
      {
        name: "app",
        port: 80,
        attributes: half,
        targets: [...targetsIn("us-east-1a", 10), ...targetsIn("us-east-1b", 11)],
      },
    ],
  };
}

function resolverOf({ dns }: EdgeProxy): Resolver {
  const resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([`${dns?.address}:${dns?.port}`]);
  return resolver;
}

const web = "web-749869f96a623ac6.elb.us-east-1.amazonaws.com";

describe("the DNS server of an NLB", () => {
  it("takes a zone out as soon as too many of its targets fail, and gives all when none is left", async () => {
    const clock = new VirtualClock();
    const failing = new Set<string>();
    await using nlb = await createEdgeProxy(config(), {
      clock,
      probe: ({ target: { id } }) =>
        failing.has(id) ? { outcome: "failed", failure: "failed", detail: "no" } : { outcome: "ok" },
    }).start();
    expect(nlb.dns?.names).toEqual([web]);
    const resolver = resolverOf(nlb);
    await clock.advanceAsync(40_000);
    expect((await resolver.resolve4(web, { ttl: true })).sort((a, b) => a.address.localeCompare(b.address))).toEqual([
      { address: "127.0.0.1", ttl: 60 },
      { address: "127.0.0.2", ttl: 60 },
    ]);
    expect(await resolver.resolve6(web)).toEqual(["::1"]);
    for (let i = 1; i <= 6; i++) failing.add(`127.0.11.${i}`);
    await clock.advanceAsync(70_000);
    expect(await resolver.resolve4(web)).toEqual(["127.0.0.1"]);
    expect(await resolver.resolve4(`us-east-1b.${web}`)).toEqual(["127.0.0.2"]);
    await expect(resolver.resolve6(`us-east-1b.${web}`)).rejects.toMatchObject({ code: "ENODATA" });
    // The answer is made from the model as it is now.
    await nlb.update(config(true));
    expect((await resolver.resolve4(web)).sort()).toEqual(["127.0.0.1", "127.0.0.2"]);
    await nlb.update(config(false));
    expect(await resolver.resolve4(web)).toEqual(["127.0.0.1"]);
    for (let i = 1; i <= 6; i++) failing.add(`127.0.10.${i}`);
    await clock.advanceAsync(70_000);
    expect((await resolver.resolve4(web)).sort()).toEqual(["127.0.0.1", "127.0.0.2"]);
  });

  it("knows a load balancer from the change that makes it to the one that takes it away", async () => {
    await using nlb = await createEdgeProxy({ admin: false, dns: { port: 0 } }).start();
    const resolver = resolverOf(nlb);
    await expect(resolver.resolve4(web)).rejects.toMatchObject({ code: "ENOTFOUND" });
    await nlb.update({ loadBalancers: [{ name: "web" }] });
    expect(await resolver.resolve4(web.toUpperCase())).toEqual(["127.0.0.1"]);
    await nlb.update({});
    await expect(resolver.resolve4(web)).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(resolver.resolve4("example.com")).rejects.toMatchObject({ code: "EREFUSED" });
  });

  it("knows the name that the ELBv2 API answers with", async () => {
    await using nlb = await createEdgeProxy({ admin: { port: 0 }, dns: { port: 0 } }).start();
    const call = async (parameters: Record<string, string>): Promise<string> => {
      const body = new URLSearchParams({ Version: "2015-12-01", ...parameters });
      return (await fetch(`http://127.0.0.1:${nlb.admin?.port}/`, { method: "POST", body })).text();
    };
    const subnets = { "Subnets.member.1": "subnet-1", "Subnets.member.2": "subnet-2" };
    const made = await call({ Action: "CreateLoadBalancer", Name: "made", Type: "network", ...subnets });
    const [, name = ""] = /<DNSName>(.*)<\/DNSName>/.exec(made) ?? [];
    const resolver = resolverOf(nlb);
    expect((await resolver.resolve4(name)).sort()).toEqual(["127.0.0.1", "127.0.1.1"]);
    const [, LoadBalancerArn = ""] = /<LoadBalancerArn>(.*)<\/LoadBalancerArn>/.exec(made) ?? [];
    await call({ Action: "DeleteLoadBalancer", LoadBalancerArn });
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("answers over TCP what is too long for a datagram", async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ name: `zone-${i}`, address: `127.0.${i}.1` }));
    const loadBalancers = [{ name: "web", zones: many }];
    await using nlb = await createEdgeProxy({ admin: false, dns: { port: 0 }, loadBalancers }).start();
    const addresses = await resolverOf(nlb).resolve4(web);
    expect(addresses.sort()).toEqual(many.map(({ address }) => address).sort());
    const scrape = readScrape(await nlb.metrics());
    expect(sumOf(scrape, "edge_proxy_dns_truncated_total")).toBe(1);
    expect(sumOf(scrape, "edge_proxy_dns_queries_total", { transport: "tcp", type: "A", rcode: "NOERROR" })).toBe(1);
  });

  it("counts its queries by transport, type and code, and has no numbers while it is off", async () => {
    await using nlb = await createEdgeProxy({ ...config(), dns: { port: 0 } }).start();
    const resolver = resolverOf(nlb);
    await resolver.resolve4(web);
    await resolver.resolve4(web);
    await resolver.resolve6(web);
    await resolver.resolveCaa(web).catch(() => {});
    await resolver.resolve4(`x.${web}`).catch(() => {});
    await resolver.resolve4("example.com").catch(() => {});
    const scrape = readScrape(await nlb.metrics());
    const { samples = [] } = scrape.get("edge_proxy_dns_queries_total") ?? {};
    expect(samples.map(({ value, labels }) => [labels["transport"], labels["type"], labels["rcode"], value])).toEqual([
      ["udp", "A", "NOERROR", 2],
      ["udp", "AAAA", "NOERROR", 1],
      ["udp", "other", "NOERROR", 1],
      ["udp", "A", "NXDOMAIN", 1],
      ["udp", "A", "REFUSED", 1],
    ]);
    for (const name of ["truncated", "ignored", "connections_refused"]) {
      expect(scrape.get(`edge_proxy_dns_${name}_total`)?.samples.map(({ value }) => value)).toContain(0);
    }
    await using without = await createEdgeProxy({ admin: false }).start();
    const none = [...readScrape(await without.metrics())].filter(([name]) => name.startsWith("edge_proxy_dns_"));
    expect(none.map(([, { samples }]) => samples)).toEqual([[], [], [], []]);
  });

  it("is off by default, and is in the state when it is on", async () => {
    await using without = await createEdgeProxy({ admin: false }).start();
    expect(without.dns).toBeUndefined();
    await using nlb = await createEdgeProxy({
      admin: false,
      dns: { port: 0 },
      loadBalancers: [{ name: "web" }],
    }).start();
    expect(nlb.state()).toMatchObject({ dns: { address: "127.0.0.1", port: nlb.dns?.port, names: [web] } });
  });

  it("takes everything else down with it when it cannot listen", async () => {
    const taken = createSocket("udp4").bind(0, "127.0.0.1");
    await once(taken, "listening");
    const nlb = createEdgeProxy({ ...config(), dns: { port: taken.address().port } });
    await expect(nlb.start()).rejects.toMatchObject({ code: "EDGE_LISTEN_FAILED" });
    expect(nlb.dns).toBeUndefined();
    taken.close();
  });
});
