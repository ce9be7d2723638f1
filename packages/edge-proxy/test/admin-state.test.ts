import { connect } from "node:net";
import { type ProbeFunction, VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy, type EdgeProxyState, type TargetState } from "../src/index.ts";
import { adminWith, ask, askJson } from "./support/admin.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

describe("/api/state", () => {
  it("shows targets with their last check, what they carry, and why flows ended", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.end("12345"));
    await using web = await startNlb({ targets: [target], admin: { port: 0 }, random: () => 0 });
    const port = web.nlb.admin?.port ?? 0;
    const client = await connectTo(web.port);
    client.end("123");
    expect((await withDeadline(collect(client), "the answer")).bytes.toString()).toBe("12345");
    await web.closeOf(0);
    await until(() => web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State === "healthy", "a check");
    const state = await askJson<EdgeProxyState>(port, "/api/state");
    expect(state).toMatchObject({
      readiness: { ready: true },
      bytes: { fromClients: 3, fromTargets: 5 },
      loadBalancers: [{ name: "web", zones: [{ name: "local-1a", address: "127.0.0.1" }], crossZone: false }],
      targetGroups: [
        {
          name: "app",
          loadBalancer: "web",
          zones: [{ name: "local-1a", healthyCount: 1, registeredCount: 1, failOpen: false }],
          targets: [
            {
              key: `127.0.0.1:${target.port}`,
              TargetHealth: { State: "healthy" },
              isConfigured: true,
              lastCheck: { outcome: "ok" },
              flows: { active: 0, opened: 1, bytesFromClients: 3, bytesFromTargets: 5 },
              byHand: { drained: false, forced: null },
            },
          ],
        },
      ],
      recentEnds: [
        { flow: 1, listener: "web:0", target: `127.0.0.1:${target.port}`, bytesFromClient: 3, bytesFromTarget: 5 },
      ],
    });
    expect(state.recentEnds[0]?.close).toMatch(/^(client|target)\.fin$/);
    expect(Date.parse(state.targetGroups[0]?.targets[0]?.lastCheck?.at ?? "")).toBeGreaterThan(0);
  });

  it("shows as many targets of a group as were asked for, those that are not healthy first", async () => {
    const probe: ProbeFunction = ({ port }) =>
      port === 3
        ? { outcome: "failed", failure: "failed", detail: "the test says so", certain: true }
        : { outcome: "ok" };
    const clock = new VirtualClock();
    const targets = [1, 2, 3].map((port) => ({ port }));
    await using web = await startNlb({ targets, admin: { port: 0 }, probe, clock, random: () => 0 });
    await clock.advanceAsync(60_000);
    const groupWith = async (query: string) =>
      (await askJson<EdgeProxyState>(web.nlb.admin?.port ?? 0, `/api/state${query}`)).targetGroups[0];
    const some = await groupWith("?targets=2");
    expect(some?.targets.map(({ Target }) => Target.Port)).toEqual([3, 1]);
    expect(some?.states).toEqual({ healthy: 2, unhealthy: 1 });
    expect((await groupWith("?targets=3"))?.targets.map(({ Target }) => Target.Port)).toEqual([1, 2, 3]);
    expect((await groupWith("?targets=0"))?.targets).toEqual([]);
    expect((await ask(web.nlb.admin?.port ?? 0, "/api/state?targets=few")).status).toBe(400);
  });

  it("keeps the last fifty endings, the latest first, refused clients among them", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 }, maxFlows: 1 });
    const first = await connectTo(web.port);
    await until(() => web.connected.length === 1, "the flow");
    for (let i = 0; i < 55; i++) await collect(connect({ host: "127.0.0.1", port: web.port }));
    const { recentEnds } = await askJson<EdgeProxyState>(web.nlb.admin?.port ?? 0, "/api/state");
    expect(recentEnds.map(({ flow }) => flow)).toEqual(Array.from({ length: 50 }, (_, i) => 56 - i));
    expect(recentEnds[0]).toMatchObject({ close: "refused.limit", target: null, targetGroup: null });
    first.resetAndDestroy();
  });

  it("of thousands of targets, written in pieces, is what the program gets whole", async () => {
    const clock = new VirtualClock();
    const group = (name: string, net: number, count: number) => ({
      name,
      port: 80,
      targets: Array.from({ length: count }, (_, i) => ({ id: `127.${net}.${i >> 8}.${i & 255}` })),
    });
    const config = (count: number) => ({
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "many" }] }],
      targetGroups: [group("many", 10, count), group("few", 11, 3), group("none", 12, 0)],
    });
    const probe: ProbeFunction = ({ target: { id } }) =>
      id.endsWith("7") ? { outcome: "failed", failure: "failed", detail: "no", certain: true } : { outcome: "ok" };
    await using nlb = await createEdgeProxy({ admin: { port: 0 }, ...config(3_000) }, { clock, probe }).start();
    clock.advance(70_000);
    // Those that have left the config are draining.
    await nlb.update({ admin: { port: 0 }, ...config(2_900) });
    clock.advance(1_000);
    for (const limit of [undefined, 50]) {
      const path = `/api/state${limit === undefined ? "" : `?targets=${limit}`}`;
      const { at: _, ...expected } = JSON.parse(JSON.stringify(nlb.state(limit)));
      const { at, ...answer } = await askJson<EdgeProxyState>(nlb.admin?.port ?? 0, path);
      expect(at).toMatch(/^\d{4}-/);
      expect(answer).toEqual(expected);
      expect(answer.targetGroups.map(({ targets }) => targets.length)).toEqual([limit ?? 3_000, 3, 0]);
      expect(answer.targetGroups[0]?.states).toMatchObject({ draining: 100 });
    }
  });
});

describe("what is done to one target", () => {
  it.each(["drain", "ready", "force?result=unhealthy"])(
    "asks for the state of that target only: %s",
    async (action) => {
      const calls: string[] = [];
      const act = (group: string, key: string) => void calls.push(`${group} ${key}`);
      const targetState = (group: string, key: string) => ({ Target: { Id: group }, key }) as unknown as TargetState;
      // Without `state`, whoever asked for that of all targets would fail.
      await using admin = await adminWith({ drain: act, ready: act, forceHealth: act, targetState });
      const path = `/api/target-groups/app/targets/127.0.0.1%3A80/${action}`;
      const { status, body } = await ask(admin.port, path, { method: "POST" });
      expect([status, JSON.parse(body)]).toEqual([200, { Target: { Id: "app" }, key: "127.0.0.1:80" }]);
      expect(calls).toEqual(["app 127.0.0.1:80"]);
    },
  );
});
