import { VirtualClock } from "@edgekit/health/monitor";
import { connectTo, listenOn, type TcpServer, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import type { EdgeProxyConfig, TargetState } from "../src/index.ts";
import { ask } from "./support/admin.ts";
import { startNlb, type TestNlb } from "./support/nlb.ts";

trackLeaks();

/** Two targets that pass every check, on a clock of the test. */
class Bench implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly targets: TcpServer[] = [];
  web!: TestNlb;

  static async start(attributes: Record<string, string | number | boolean> = {}): Promise<Bench> {
    const bench = new Bench();
    for (let i = 0; i < 2; i++) bench.targets.push(await listenOn());
    const { targets, clock } = bench;
    bench.web = await startNlb({ targets, attributes, clock, random: () => 0, admin: { port: 0 } });
    await clock.advanceAsync(1_000);
    return bench;
  }

  key(index: number): string {
    return `127.0.0.1:${this.targets[index]?.port}`;
  }

  target(index: number): TargetState | undefined {
    return this.web.nlb.state().targetGroups[0]?.targets.find(({ key }) => key === this.key(index));
  }

  /** State, as DescribeTargetHealth has it. */
  described(index: number): string | undefined {
    const rows = this.web.nlb.describeTargetHealth("app");
    return rows.find(({ Target }) => Target.Port === this.targets[index]?.port)?.TargetHealth.State;
  }

  /** Acts on a target, and sees to it that the answer is what `/api/state` says of it. */
  async post(index: number, action: string): Promise<TargetState> {
    const path = `/api/target-groups/app/targets/${encodeURIComponent(this.key(index))}/${action}`;
    const { status, body } = await ask(this.web.nlb.admin?.port ?? 0, path, { method: "POST" });
    expect(status, body).toBe(200);
    const answer = JSON.parse(body);
    expect(answer).toEqual(this.target(index));
    return answer;
  }

  /** The config as it is, with other targets. */
  config(...targets: number[]): EdgeProxyConfig {
    return {
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [
        { name: "app", port: 80, targets: targets.map((i) => ({ id: "127.0.0.1", port: this.targets[i]?.port })) },
      ],
    };
  }

  /** Which targets new flows go to. */
  async spread(flows = 10): Promise<Set<string>> {
    const { connected } = this.web;
    const before = connected.length;
    const clients = [];
    for (let i = 0; i < flows; i++) clients.push(await connectTo(this.web.port));
    await until(() => connected.length === before + flows, "the flows");
    for (const client of clients) client.resetAndDestroy();
    return new Set(connected.slice(before).map(({ route }) => route.key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.web[Symbol.asyncDispose]();
    for (const target of this.targets) await target.close();
  }
}

describe("a target that is drained by hand", () => {
  it("is draining in AWS's words: no new flows, those that stand go on", async () => {
    await using bench = await Bench.start();
    const standing = await connectTo(bench.web.port);
    await until(() => bench.web.connected.length === 1, "the flow");
    const index = bench.targets.findIndex(({ port }) => port === bench.web.connected[0]?.route.port);
    const answer = await bench.post(index, "drain");
    expect(answer).toMatchObject({
      TargetHealth: {
        State: "draining",
        Reason: "Target.DeregistrationInProgress",
        Description: "Target deregistration is in progress",
      },
      drainingEndsInSeconds: 300,
      byHand: { drained: true, forced: null },
      flows: { active: 1 },
    });
    expect(bench.described(index)).toBe("draining");
    expect(await bench.spread()).toEqual(new Set([bench.key(1 - index)]));
    expect(bench.target(index)?.flows.active).toBe(1);
    standing.resetAndDestroy();
  });

  it("is not registered any more when its deregistration delay is over, and can still be taken back", async () => {
    await using bench = await Bench.start();
    await bench.post(0, "drain");
    await bench.clock.advanceAsync(299_000);
    expect(bench.target(0)).toMatchObject({ TargetHealth: { State: "draining" }, drainingEndsInSeconds: 1 });
    await bench.clock.advanceAsync(2_000);
    expect(bench.described(0)).toBeUndefined();
    expect(bench.target(0)).toMatchObject({
      TargetHealth: { State: "unused", Reason: "Target.NotRegistered" },
      byHand: { drained: true },
    });
    expect((await bench.post(0, "ready")).TargetHealth).toMatchObject({ State: "initial" });
    await bench.clock.advanceAsync(1_000);
    expect(bench.target(0)?.TargetHealth.State).toBe("healthy");
  });

  it("comes back through its health checks", async () => {
    await using bench = await Bench.start();
    await bench.post(0, "drain");
    expect((await bench.post(0, "ready")).TargetHealth).toMatchObject({ State: "initial" });
    await bench.clock.advanceAsync(1_000);
    expect(bench.described(0)).toBe("healthy");
    expect(bench.target(0)?.byHand).toEqual({ drained: false, forced: null });
  });

  it("stays drained while the config changes around it, and is forgotten when the config drops it", async () => {
    await using bench = await Bench.start();
    await bench.post(0, "drain");
    await bench.web.nlb.update(bench.config(0, 1));
    expect(bench.described(0)).toBe("draining");
    await bench.web.nlb.update(bench.config(1));
    expect(bench.target(0)).toMatchObject({ isConfigured: false, byHand: { drained: false } });
    await bench.web.nlb.update(bench.config(0, 1));
    expect(bench.described(0)).toBe("initial");
  });

  it("gets no flow in a group that fails open, as a target that is deregistered", async () => {
    await using bench = await Bench.start();
    await bench.post(0, "drain");
    await bench.post(1, "force?result=unhealthy");
    await bench.clock.advanceAsync(60_000);
    expect(bench.described(1)).toBe("unhealthy");
    expect(bench.web.nlb.state().targetGroups[0]?.zones).toMatchObject([{ failOpen: true, registeredCount: 1 }]);
    expect(await bench.spread()).toEqual(new Set([bench.key(1)]));
  });
});

describe("a forced health result", () => {
  it("takes a target down by the thresholds, and lets it come back", async () => {
    await using bench = await Bench.start();
    expect((await bench.post(0, "force?result=unhealthy")).byHand).toEqual({ drained: false, forced: "unhealthy" });
    expect(bench.described(0)).toBe("healthy");
    await bench.clock.advanceAsync(60_000);
    expect(bench.target(0)).toMatchObject({
      TargetHealth: { State: "unhealthy", Reason: "Target.FailedHealthChecks" },
      lastCheck: { outcome: "failed", detail: "forced" },
    });
    expect(await bench.spread()).toEqual(new Set([bench.key(1)]));
    expect((await bench.post(0, "force?result=none")).byHand.forced).toBeNull();
    await bench.clock.advanceAsync(5 * 30_000);
    expect(bench.described(0)).toBe("healthy");
  });

  it("outlasts a drain and changes of the config, until the config drops the target", async () => {
    await using bench = await Bench.start();
    await bench.post(0, "force?result=unhealthy");
    await bench.post(0, "drain");
    await bench.clock.advanceAsync(301_000);
    await bench.web.nlb.update(bench.config(0, 1));
    await bench.post(0, "ready");
    await bench.clock.advanceAsync(60_000);
    expect(bench.described(0)).toBe("unhealthy");
    await bench.web.nlb.update(bench.config(1));
    await bench.web.nlb.update(bench.config(0, 1));
    expect(bench.target(0)?.byHand).toEqual({ drained: false, forced: null });
  });
});

describe("a target that does not exist", () => {
  it.each([
    ["app", "127.0.0.1:1", "target group 'app' has no target '127.0.0.1:1'"],
    ["nothing", "127.0.0.1:1", "there is no target group 'nothing'"],
    ["__proto__", "constructor", "there is no target group '__proto__'"],
  ])("is not found: %s %s", async (group, target, error) => {
    await using bench = await Bench.start();
    for (const action of ["drain", "ready", "force?result=healthy"]) {
      const path = `/api/target-groups/${group}/targets/${target}/${action}`;
      const { status, body } = await ask(bench.web.nlb.admin?.port ?? 0, path, { method: "POST" });
      expect([status, JSON.parse(body)]).toEqual([404, { error }]);
    }
  });

  it("a result that is none of the three is refused", async () => {
    await using bench = await Bench.start();
    for (const query of ["", "?result=", "?result=sick"]) {
      const path = `/api/target-groups/app/targets/${bench.key(0)}/force${query}`;
      expect((await ask(bench.web.nlb.admin?.port ?? 0, path, { method: "POST" })).status).toBe(400);
    }
  });
});
