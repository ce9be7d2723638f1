import { connect } from "node:net";
import type { ProbeFunction } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, type TcpServer, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import {
  createEdgeProxy,
  type EdgeProxyConfig,
  type LoadBalancerConfig,
  type TargetHealthDescription,
} from "../src/index.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

/** A hundred times as fast: workers have the real clock only. */
const timeScale = 0.01;

function config(
  targets: readonly TcpServer[],
  group: object = {},
  web: Partial<LoadBalancerConfig> = {},
): EdgeProxyConfig {
  return {
    admin: false,
    timeScale,
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }], ...web }],
    targetGroups: [
      { name: "app", port: 80, targets: targets.map(({ port }) => ({ id: "127.0.0.1", port })), ...group },
    ],
  };
}

describe("what the first process decides about flows in its workers", () => {
  it("a target that becomes unhealthy: its flows are reset, others stand, whichever worker has them", async () => {
    await using sick = await listenOn();
    await using well = await listenOn();
    const failing = new Set<number>();
    const probe: ProbeFunction = ({ port }) =>
      failing.has(port)
        ? { outcome: "failed", failure: "failed", detail: "the test says so", certain: true }
        : { outcome: "ok" };
    const reasons: string[] = [];
    await using nlb = await createEdgeProxy(config([sick, well]), {
      workers: 2,
      probe,
      observers: [{ flowClosed: (_, { side, kind }) => reasons.push(`${side}.${kind}`) }],
    }).start();
    const port = nlb.listeners[0]?.port ?? 0;
    const clients = await Promise.all(Array.from({ length: 40 }, () => connectTo(port)));
    await until(() => sick.sockets.size + well.sockets.size === 40, "the flows to reach their targets");
    const lost = sick.sockets.size;
    const ends = clients.map(collect);
    failing.add(sick.port);
    await until(() => reasons.length === lost, "its flows to be reset");
    expect(new Set(reasons)).toEqual(new Set(["proxy.unhealthy"]));
    expect(nlb.flows).toBe(40 - lost);
    // None of those who come now is sent there.
    const more = await Promise.all(Array.from({ length: 20 }, () => connectTo(port)));
    const moreEnds = more.map(collect);
    await until(() => well.sockets.size === 40 - lost + 20, "new flows to reach the other target");
    for (const client of [...clients, ...more]) client.destroy();
    await withDeadline(Promise.all([...ends, ...moreEnds]), "all ends");
  });

  it("a target that leaves: its flows are reset when its time is over, where that is asked for", async () => {
    await using target = await listenOn();
    const attributes = {
      "deregistration_delay.timeout_seconds": 10,
      "deregistration_delay.connection_termination.enabled": true,
    };
    await using nlb = await createEdgeProxy(config([target], { attributes }), {
      workers: 2,
      probe: () => ({ outcome: "ok" }),
    }).start();
    const port = nlb.listeners[0]?.port ?? 0;
    const clients = await Promise.all(Array.from({ length: 10 }, () => connectTo(port)));
    await until(() => target.sockets.size === 10, "the flows to reach their target");
    const ends = clients.map(collect);
    await nlb.update(config([], { attributes }));
    expect(new Set((await withDeadline(Promise.all(ends), "the resets")).map(({ end }) => end))).toEqual(
      new Set(["rst"]),
    );
  });

  it("a target that refuses flows is taken as unhealthy, whichever worker finds out", async () => {
    const gone = await listenOn("127.66.0.2");
    await gone.close();
    await using web = await startNlb({ targets: [gone], workers: 2 });
    for (let i = 0; i < 20; i++) {
      await withDeadline(collect(connect(web.port, "127.0.0.1")), "the reset");
      const [row] = web.nlb.describeTargetHealth("app");
      if (row?.TargetHealth.State === "unhealthy") break;
    }
    await until(() => web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State === "unhealthy", "the state");
  });
});

describe("what workers decide by themselves", () => {
  it("an idle flow is over after its timeout: whoever sends then is reset", async () => {
    await using target = await listenOn();
    const listeners = [{ port: 0, targetGroup: "app", attributes: { "tcp.idle_timeout.seconds": 60 } }];
    const reasons: string[] = [];
    await using nlb = await createEdgeProxy(
      { ...config([target], {}, { listeners }), timeScale: 0.001 },
      {
        workers: 2,
        probe: () => ({ outcome: "ok" }),
        observers: [{ flowClosed: (_, { side, kind }) => reasons.push(`${side}.${kind}`) }],
      },
    ).start();
    const client = await connectTo(nlb.listeners[0]?.port ?? 0);
    const end = collect(client);
    const server = await target.accept();
    // The one that nobody writes on is reset when the expired flow is forgotten.
    const serverEnd = collect(server);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    expect((await withDeadline(serverEnd, "the other reset")).end).toBe("rst");
    await until(() => reasons.length === 1, "the end to be told of");
    expect(reasons).toEqual(["proxy.timeout"]);
  });

  it("a client with a sticky target has the same one, whichever worker accepts it", async () => {
    const targets: TcpServer[] = [];
    for (const name of "abcdef") targets.push(await listenOn(undefined, (socket) => socket.end(name)));
    await using web = await startNlb({ targets, workers: 3, attributes: { "stickiness.enabled": true } });
    const isHealthy = ({ TargetHealth }: TargetHealthDescription): boolean => TargetHealth.State === "healthy";
    await until(() => web.nlb.describeTargetHealth("app").every(isHealthy), "all of them to be in service");
    const nameFrom = async (localAddress: string): Promise<string> => {
      const client = await connectTo(web.port, { localAddress });
      const { bytes } = await withDeadline(collect(client), "the target's name");
      client.destroy();
      return bytes.toString();
    };
    const namesFrom = (network: string, clients: number): Promise<string[]> =>
      Promise.all(Array.from({ length: clients }, (_, i) => nameFrom(`127.8.${network}.${i + 1}`)));
    // The last snapshot comes after the last change of state, and then every target gets some of so many clients: the table
    // depends on the targets' ports, and leaves one of the six out with a probability of 6 * (5 / 6) ** 120, 2e-9.
    await until(async () => new Set(await namesFrom("1", 120)).size === targets.length, "the last snapshot");
    await web.nlb.refresh();
    const rounds: string[][] = [];
    for (let round = 0; round < 15; round++) rounds.push(await namesFrom("0", 12));
    expect(new Set(rounds.map((names) => names.join(" "))).size).toBe(1);
    expect(new Set(rounds.flat()).size).toBeGreaterThan(1);
    for (const target of targets) await target.close();
  });
});

describe("numbers, under load", () => {
  it("fit each other in every scrape: opened is closed plus active, and each worker's flows add up", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using web = await startNlb({ targets: [target], workers: 2 });
    const clients = Array.from({ length: 300 }, async (_, i) => {
      const client = await connectTo(web.port);
      const echo = collect(client);
      if (i % 3 === 0) client.resetAndDestroy();
      else client.end("x");
      await echo;
      client.destroy();
    });
    const done = Promise.all(clients);
    let isRunning = true;
    void done.then(() => {
      isRunning = false;
    });
    while (isRunning) {
      await web.nlb.refresh();
      const { flows, workers } = web.nlb.state();
      expect(flows.flowsOpened).toBe(flows.flowsClosed + flows.active);
      expect(workers.reduce((sum, { flows: some }) => sum + some, 0)).toBe(flows.active);
      expect(web.nlb.listFlows({ limit: 1_000 })).toMatchObject({ active: flows.active, matching: flows.active });
    }
    await done;
    await until(() => web.nlb.state().flows.flowsOpened + web.refused.length === 300, "the last ones to be told of");
  });
});
