import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, trackLeaks, until, unusedPort, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { type CloudWatchView, createEdgeProxy } from "../src/index.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
const always = [
  "ActiveFlowCount",
  "NewFlowCount",
  "ProcessedBytes",
  "TCP_Client_Reset_Count",
  "TCP_Target_Reset_Count",
  "TCP_ELB_Reset_Count",
  "RejectedFlowCount",
  "PortAllocationErrorCount",
];

/** The data with exactly these dimensions, by name. */
function valuesOf(
  { MetricData }: CloudWatchView,
  dimensions: Readonly<Record<string, string>>,
): Record<string, number> {
  const wanted = JSON.stringify(Object.entries(dimensions).sort());
  const matching = MetricData.filter(
    ({ Dimensions }) => JSON.stringify(Dimensions.map(({ Name, Value }) => [Name, Value]).sort()) === wanted,
  );
  return Object.fromEntries(matching.map(({ MetricName, Value }) => [MetricName, Value]));
}

// As on AWS: the last parts of the ARNs. The ids follow from the names.
const LoadBalancer = "net/web/749869f96a623ac6";

describe("CloudWatch's view", () => {
  it("is zero where nothing has happened, and gives only what AWS always gives", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const { port } = web.nlb.admin ?? {};
    const response = await fetch(`http://127.0.0.1:${port}/api/metrics/cloudwatch`);
    const view = (await response.json()) as CloudWatchView;
    expect(view.Namespace).toBe("AWS/NetworkELB");
    expect(valuesOf(view, { LoadBalancer })).toEqual(Object.fromEntries(always.map((name) => [name, 0])));
    for (const { MetricName } of view.MetricData) expect(page).toContain(`\`${MetricName}\``);
  });

  it("counts flows, bytes of open ones included, and says who reset them", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], maxFlows: 3 });
    const [byClient, open] = [await connectTo(web.port), await connectTo(web.port), await connectTo(web.port)];
    const servers = [await target.accept(), await target.accept(), await target.accept()];
    await withDeadline(collect(connect(web.port, "127.0.0.1")), "the refusal");
    open.write("12345");
    await until(() => valuesOf(web.nlb.cloudWatch(), { LoadBalancer })["ProcessedBytes"] === 5, "the bytes");
    expect(valuesOf(web.nlb.cloudWatch(), { LoadBalancer })).toMatchObject({
      ActiveFlowCount: 3,
      ActiveFlowCount_TCP: 3,
      NewFlowCount: 3,
      RejectedFlowCount: 1,
      RejectedFlowCount_TCP: 1,
      TCP_ELB_Reset_Count: 1,
    });
    byClient.resetAndDestroy();
    await web.closeOf(0);
    // Two flows are left; the target resets both.
    for (const server of servers) server.resetAndDestroy();
    await web.closeOf(2);
    const values = valuesOf(web.nlb.cloudWatch(), { LoadBalancer, AvailabilityZone: "local-1a" });
    expect(values).toMatchObject({
      ActiveFlowCount: 0,
      NewFlowCount_TCP: 3,
      ProcessedBytes_TCP: 5,
      TCP_Client_Reset_Count: 1,
      TCP_Target_Reset_Count: 2,
      ZonalHealthStatus: 1,
    });
    expect(values).not.toHaveProperty("ActiveFlowCount_TCP");
  });

  it("counts a connection that the target refuses as the target's reset", async () => {
    await using web = await startNlb({ targets: [{ port: await unusedPort() }] });
    await withDeadline(collect(connect(web.port, "127.0.0.1")), "the reset");
    await web.closeOf(0);
    expect(valuesOf(web.nlb.cloudWatch(), { LoadBalancer })).toMatchObject({
      NewFlowCount: 1,
      TCP_Target_Reset_Count: 1,
      TCP_ELB_Reset_Count: 0,
    });
  });

  it("has the hosts of each target group and zone, the zone's health, and flows that were routed to unhealthy targets", async () => {
    const clock = new VirtualClock();
    await using target = await listenOn();
    const failing = new Set<string>();
    await using nlb = await createEdgeProxy(
      {
        admin: false,
        loadBalancers: [
          {
            name: "web",
            zones: [
              { name: "a", address: "127.0.0.1" },
              { name: "b", address: "127.0.0.1" },
            ],
            listeners: [{ port: 0, targetGroup: "app" }],
          },
        ],
        targetGroups: [
          {
            name: "app",
            port: target.port,
            targets: [
              { id: "127.0.0.1", zone: "a" },
              { id: "127.0.0.2", zone: "b" },
            ],
          },
          { name: "unused", port: 1, targets: [{ id: "127.0.0.1" }] },
        ],
      },
      {
        clock,
        random: () => 0.5,
        probe: ({ target: { id } }) =>
          failing.has(id) ? { outcome: "failed", failure: "failed", detail: "no" } : { outcome: "ok" },
      },
    ).start();
    await clock.advanceAsync(40_000);
    const TargetGroup = "targetgroup/app/b7c0253e110b6315";
    const hosts = (more = {}): unknown => valuesOf(nlb.cloudWatch(), { LoadBalancer, TargetGroup, ...more });
    expect(hosts()).toEqual({ HealthyHostCount: 2, UnHealthyHostCount: 0 });
    failing.add("127.0.0.1");
    await clock.advanceAsync(70_000);
    expect(hosts()).toEqual({ HealthyHostCount: 1, UnHealthyHostCount: 1 });
    expect(hosts({ AvailabilityZone: "a" })).toEqual({ HealthyHostCount: 0, UnHealthyHostCount: 1 });
    const zone = (name: string): Record<string, number> =>
      valuesOf(nlb.cloudWatch(), { LoadBalancer, AvailabilityZone: name });
    expect([zone("a")["ZonalHealthStatus"], zone("b")["ZonalHealthStatus"]]).toEqual([0, 1]);
    const client = await connectTo(nlb.listeners[0]?.port ?? 0);
    (await target.accept()).destroy();
    client.destroy();
    expect([zone("a")["UnhealthyRoutingFlowCount"], zone("b")["UnhealthyRoutingFlowCount"]]).toEqual([1, undefined]);
    const groups = nlb.cloudWatch().MetricData.flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => Value));
    expect(groups).not.toContain("unused");
  });
});
