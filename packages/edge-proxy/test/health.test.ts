import { type ProbeFunction, VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, type TcpServer, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb, type TestNlb } from "./support/nlb.ts";

trackLeaks();

const keepAndDrain = {
  "target_health_state.unhealthy.connection_termination.enabled": false,
  "target_health_state.unhealthy.draining_interval_seconds": 60,
};

/** Targets that are as healthy as a test says, on a clock of its own. */
class Bench implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly failing = new Set<number>();
  readonly targets: TcpServer[] = [];
  web!: TestNlb;

  static async with(count: number, attributes: Record<string, string | number | boolean> = {}): Promise<Bench> {
    const bench = new Bench();
    for (let i = 0; i < count; i++) bench.targets.push(await listenOn());
    const probe: ProbeFunction = ({ port }) =>
      bench.failing.has(port)
        ? { outcome: "failed", failure: "failed", detail: "the test says so", certain: true }
        : { outcome: "ok" };
    bench.web = await startNlb({
      targets: bench.targets,
      attributes,
      clock: bench.clock,
      random: randomFrom(1),
      probe,
    });
    await bench.clock.advanceAsync(1_000);
    return bench;
  }

  states(): string[] {
    const rows = this.web.nlb.describeTargetHealth("app");
    return this.targets.map(
      ({ port }) => rows.find(({ Target }) => Target.Port === port)?.TargetHealth.State ?? "gone",
    );
  }

  /** Ports of the targets that new flows went to. */
  async spread(flows = 40): Promise<Set<number>> {
    const ports = new Set<number>();
    for (let i = 0; i < flows; i++) {
      const index = this.web.closed.length;
      const connected = this.web.connected.length;
      const client = await connectTo(this.web.port);
      // So that the reason is the target's, where it refuses.
      await until(() => this.web.connected.length > connected || this.web.closed.length > index, "the target's answer");
      client.resetAndDestroy();
      await withDeadline(this.web.closeOf(index), "the flow's end");
      ports.add(this.web.closed[index]?.flow.route.port ?? 0);
    }
    return ports;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.web[Symbol.asyncDispose]();
    for (const target of this.targets) await target.close();
  }
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 0x1_0000_0000;
  };
}

describe("target health", () => {
  it("is AWS's: states, reasons and descriptions", async () => {
    await using bench = await Bench.with(1);
    const [target] = bench.targets;
    expect(bench.web.nlb.describeTargetHealth("app")).toEqual([
      {
        Target: { Id: "127.0.0.1", Port: target?.port, AvailabilityZone: "all" },
        HealthCheckPort: String(target?.port),
        TargetHealth: { State: "healthy" },
      },
    ]);
    bench.failing.add(target?.port ?? 0);
    await bench.clock.advanceAsync(70_000);
    expect(bench.web.nlb.describeTargetHealth("app")[0]?.TargetHealth).toEqual({
      State: "unhealthy",
      Reason: "Target.FailedHealthChecks",
      Description: "Health checks failed",
    });
  });

  it("sends new flows to healthy targets only, and to all when none is healthy", async () => {
    await using bench = await Bench.with(3);
    const ports = bench.targets.map(({ port }) => port);
    expect(await bench.spread()).toEqual(new Set(ports));
    bench.failing.add(ports[0] ?? 0);
    await bench.clock.advanceAsync(70_000);
    expect(bench.states()).toEqual(["unhealthy", "healthy", "healthy"]);
    expect(await bench.spread()).toEqual(new Set(ports.slice(1)));
    for (const port of ports) bench.failing.add(port);
    await bench.clock.advanceAsync(70_000);
    expect(bench.states()).toEqual(["unhealthy", "unhealthy", "unhealthy"]);
    expect(await bench.spread()).toEqual(new Set(ports));
  });

  it("resets the flows of a target that becomes unhealthy, by default", async () => {
    await using bench = await Bench.with(2);
    const client = await connectTo(bench.web.port);
    const end = collect(client);
    const server = await Promise.race(bench.targets.map((target) => target.accept()));
    bench.failing.add(server.localPort ?? 0);
    await bench.clock.advanceAsync(70_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    expect(await bench.web.closeOf(0)).toEqual({ side: "proxy", kind: "unhealthy" });
  });

  it("keeps flows for the draining interval when it is told to, then resets them", async () => {
    await using bench = await Bench.with(2, keepAndDrain);
    const client = await connectTo(bench.web.port);
    const server = await Promise.race(bench.targets.map((target) => target.accept()));
    bench.failing.add(server.localPort ?? 0);
    await bench.clock.advanceAsync(70_000);
    expect(bench.states()).toContain("unhealthy.draining");
    expect((await bench.spread()).has(server.localPort ?? 0)).toBe(false);
    client.write("still through");
    const arrived = new Promise((resolve) => server.once("data", resolve));
    server.resume();
    expect(String(await withDeadline(arrived, "the bytes"))).toBe("still through");
    const end = collect(client);
    await bench.clock.advanceAsync(60_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    expect(bench.states()).toContain("unhealthy");
  });

  it("takes a target that does not accept flows as failed before its next check", async () => {
    await using bench = await Bench.with(2);
    const [first] = bench.targets;
    await first?.close();
    while (bench.states()[0] === "healthy" && bench.web.closed.length < 50) await bench.spread(1);
    expect(bench.states()).toEqual(["unhealthy", "healthy"]);
  });
});

describe("an update", () => {
  it("drains a target that goes, keeps its flows, and sends new ones to what stays", async () => {
    await using bench = await Bench.with(2);
    const [first, second] = bench.targets.map(({ port }) => port);
    const client = await connectTo(bench.web.port);
    const server = await Promise.race(bench.targets.map((target) => target.accept()));
    const stays = server.localPort === first ? second : first;
    const config = {
      admin: false as const,
      loadBalancers: [
        {
          name: "web",
          listeners: [{ port: 0, targetGroup: "app" }],
          vpcEndpoints: [{ id: "vpce-08d2bf15fac5001c9", port: 0 }],
        },
      ],
      targetGroups: [{ name: "app", port: 80, targets: [{ id: "127.0.0.1", port: stays ?? 0 }] }],
    };
    await bench.web.nlb.update(config);
    expect(bench.web.nlb.listeners[0]?.port).toBe(bench.web.port);
    expect(bench.states().sort()).toEqual(["draining", "healthy"]);
    expect(await bench.spread()).toEqual(new Set([stays]));
    expect(client.destroyed).toBe(false);
    await bench.clock.advanceAsync(300_000);
    expect(bench.states().sort()).toEqual(["gone", "healthy"]);
    expect(client.destroyed).toBe(false);
    client.destroy();
    server.destroy();
  });

  it("that cannot listen changes nothing", async () => {
    await using bench = await Bench.with(1);
    const taken = bench.targets[0]?.port ?? 0;
    const before = bench.web.nlb.listeners;
    const update = bench.web.nlb.update({
      loadBalancers: [{ name: "web", listeners: [{ port: taken, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: 80 }],
    });
    await expect(update).rejects.toMatchObject({ code: "EDGE_LISTEN_FAILED" });
    expect(bench.web.nlb.listeners).toEqual(before);
    expect(bench.states()).toEqual(["healthy"]);
  });
});
