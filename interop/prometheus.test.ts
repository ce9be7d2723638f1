import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createEdgeProxy, type EdgeProxy } from "@edgekit/edge-proxy";
import { collect, connectTo, hasCommand, listenOn, type TcpServer, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Prometheus, promtool } from "./support/prometheus.ts";

const monitoring = (file: string): string =>
  fileURLToPath(new URL(`../packages/edge-proxy/monitoring/${file}`, import.meta.url));
const dashboard = JSON.parse(readFileSync(monitoring("grafana-dashboard.json"), "utf8")) as {
  panels: { title: string; targets?: { expr: string }[] }[];
};
/** As Grafana sends them. */
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({
    title,
    expr: expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$(job|instance|listener|target_group)/g, ".*"),
  })),
);

function echoServer(): Promise<TcpServer> {
  return listenOn("127.0.0.1", (socket) => socket.pipe(socket));
}

/** Two load balancers: one whose target answers, and one whose target refuses. */
async function startNlb(served: TcpServer): Promise<EdgeProxy> {
  const nobody = await listenOn();
  await nobody.close();
  const parts = Object.entries({ served: served.port, refused: nobody.port });
  return createEdgeProxy(
    {
      admin: { port: 0 },
      dns: { port: 0 },
      loadBalancers: parts.map(([name]) => ({ name, listeners: [{ port: 0, targetGroup: name }] })),
      targetGroups: parts.map(([name, port]) => ({
        name,
        port,
        healthCheck: { intervalSeconds: 5, timeoutSeconds: 2 },
        attributes: { "proxy_protocol_v2.enabled": true },
        targets: [{ id: "127.0.0.1" }],
      })),
    },
    { probe: () => ({ outcome: "ok" }) },
  ).start();
}

/** One to each listener, and a DNS query. */
async function sendFlows(nlb: EdgeProxy): Promise<void> {
  const resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([`${nlb.dns?.address}:${nlb.dns?.port}`]);
  await resolver.resolve4(nlb.dns?.names[0] ?? "");
  for (const { port } of nlb.listeners) {
    const client = await connectTo(port);
    const end = collect(client);
    client.end("hello");
    await end;
    client.destroy();
  }
}

describe.skipIf(!hasCommand("promtool"))("needs promtool: Prometheus's own checks", () => {
  it("finds nothing to complain about in /metrics", async () => {
    await using target = await echoServer();
    await using nlb = await startNlb(target);
    await sendFlows(nlb);
    const { status, output } = promtool(["check", "metrics"], await nlb.metrics());
    expect(output).toBe("");
    expect(status).toBe(0);
  });

  it("takes the alert rules, and each fires on what it is for and not before", () => {
    const rules = promtool(["check", "rules", monitoring("alerts.yaml")]);
    expect(rules.output).toContain("SUCCESS");
    expect(rules.status).toBe(0);
    const tests = promtool(["test", "rules", monitoring("alerts.test.yaml")]);
    expect(tests.output).toContain("SUCCESS");
    expect(tests.status).toBe(0);
  });
});

describe.skipIf(!hasCommand("prometheus"))("needs prometheus: a server that scrapes a running instance", () => {
  it("is up, holds what was counted, and has an answer for every query of the dashboard", async () => {
    await using target = await echoServer();
    await using nlb = await startNlb(target);
    const { address, port } = nlb.admin ?? {};
    await using prometheus = await Prometheus.scraping(`${address}:${port}`, monitoring("alerts.yaml"));
    const sampleOf = async (query: string): Promise<string | undefined> => (await prometheus.query(query))[0]?.value[1];
    await sendFlows(nlb);
    await until(async () => (await sampleOf('up{job="edge-proxy"}')) === "1", "the first scrape", 30_000);
    await sendFlows(nlb);
    const opened = "sum(edge_proxy_flows_opened_total)";
    await until(async () => (await sampleOf(opened)) === "4", "all flows to be scraped", 30_000);
    expect(await sampleOf('sum(edge_proxy_connect_errors_total{errno="ECONNREFUSED"})')).toBe("2");
    expect(await sampleOf('sum(edge_proxy_bytes_total{direction="in"})')).toBe(String(4 * "hello".length));
    expect(await sampleOf("sum(edge_proxy_proxy_header_bytes_total)")).toBe("200");
    // The target sends back the header too.
    expect(await sampleOf('sum(edge_proxy_bytes_total{direction="out"})')).toBe("210");
    const empty: string[] = [];
    for (const { title, expr } of queries) if ((await prometheus.query(expr)).length === 0) empty.push(title);
    // Targets became healthy before the first scrape, and nothing has changed since; nor are there workers.
    expect(new Set(empty)).toEqual(new Set(["Changes of state", "Worker processes"]));
  });
});
