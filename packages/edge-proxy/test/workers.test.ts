import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Collected, collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy } from "../src/index.ts";
import { startNlb, type TestNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";
import { isAlive } from "./support/worker-pids.ts";

trackLeaks();

/** The processes that carry flows. */
function pidsOf({ nlb }: TestNlb): number[] {
  return nlb.state().workers.flatMap(({ pid }) => pid ?? []);
}

/** What a target says to a client that says nothing. */
async function served(port: number): Promise<string> {
  const client = await connectTo(port);
  client.end();
  return (await collect(client)).bytes.toString();
}

describe("worker processes", () => {
  it("share the listeners, and are told of here as if the flows had been carried here", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.on("end", () => socket.end("answer")).resume());
    await using web = await startNlb({
      targets: [target],
      workers: 3,
      attributes: { "proxy_protocol_v2.enabled": true },
    });
    const flows = 300;
    for (let i = 0; i < flows; i += 50) {
      const answers = Array.from({ length: 50 }, async () => {
        const client = connect({ port: web.port, allowHalfOpen: true });
        client.end("question");
        return collect(client);
      });
      for (const { bytes, end } of await withDeadline(Promise.all(answers), "the answers")) {
        expect([bytes.toString(), end]).toEqual(["answer", "fin"]);
      }
    }
    await until(() => web.closed.length === flows, "the last end to be told of");
    expect(web.connected).toHaveLength(flows);
    expect(new Set(web.closed.map(({ flow }) => flow.id)).size).toBe(flows);
    for (const { flow, reason } of web.closed) {
      expect(reason).toEqual({ side: "client", kind: "fin" });
      expect([flow.bytesFromClient, flow.bytesFromTarget, flow.headerBytes]).toEqual([8, 6, 100]);
      expect(flow.clientAddress).toBe("127.0.0.1");
      expect(flow.openedMs).toBeLessThanOrEqual(flow.connectedMs ?? Number.NaN);
      expect(flow.connectedMs).toBeLessThanOrEqual(flow.closedMs ?? Number.NaN);
    }
    const scrape = readScrape(await web.nlb.metrics());
    expect(sumOf(scrape, "edge_proxy_flows_opened_total")).toBe(flows);
    expect(sumOf(scrape, "edge_proxy_bytes_total", { direction: "out" })).toBe(6 * flows);
    expect(sumOf(scrape, "edge_proxy_worker_flows_active")).toBe(0);
    expect(web.nlb.state().recentEnds).toHaveLength(50);
  });

  it("tell when they are asked what flows that stand have carried, and who their targets see", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], workers: 2 });
    const client = await connectTo(web.port);
    const server = await target.accept();
    client.write("12345");
    server.resume();
    await once(server, "data");
    await web.nlb.refresh();
    const [row] = web.nlb.listFlows({ limit: 10 }).flows;
    expect(row).toMatchObject({
      client: `127.0.0.1:${client.localPort}`,
      source: `127.0.0.1:${server.remotePort}`,
      bytesFromClient: 5,
      state: "open",
    });
    expect(
      web.nlb
        .state()
        .workers.map(({ flows }) => flows)
        .sort(),
    ).toEqual([0, 1]);
    client.destroy();
    server.destroy();
  });

  it("end with the process that started them, and leave no one behind", async () => {
    await using target = await listenOn();
    const web = await startNlb({ targets: [target], workers: 2 });
    const pids = pidsOf(web);
    expect(pids.filter(isAlive)).toEqual(pids);
    await web[Symbol.asyncDispose]();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("stop listening before they drain", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.on("end", () => socket.end()).resume());
    const web = await startNlb({ targets: [target], workers: 2 });
    const standing = await connectTo(web.port);
    await until(() => web.connected.length === 1, "the flow");
    const closing = web.nlb.close({ drainMs: 5_000 });
    const isRefused = (): Promise<boolean> => {
      const client = connect(web.port);
      return new Promise((resolve) => {
        client.once("error", ({ message }) => resolve(message.includes("ECONNREFUSED")));
        client.once("connect", () =>
          client
            .end()
            .once("close", () => resolve(false))
            .resume(),
        );
      });
    };
    await until(isRefused, "a client to be refused");
    standing.end();
    await withDeadline(Promise.all([closing, collect(standing)]), "the drain");
    expect(new Set(web.closed.map(({ reason }) => reason.kind))).toEqual(new Set(["fin"]));
  });

  it("hold the limit on flows exactly, whoever accepts: the last place is given, one more is not", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], workers: 3, maxFlows: 50 });
    const storm = 200;
    const clients: Socket[] = [];
    const ends: Promise<Collected>[] = [];
    for (let i = 0; i < storm; i++) {
      const client = connect(web.port);
      clients.push(client);
      ends.push(collect(client));
    }
    await until(() => web.refused.length === storm - 50 && web.nlb.flows === 50, "all but 50 to be refused");
    expect(new Set(web.refused.map(({ reason }) => reason))).toEqual(new Set(["limit"]));
    // Whichever worker has the place that becomes free, the next client gets it.
    for (let i = 0; i < 20; i++) {
      const standing = clients.find((client) => !client.destroyed) as Socket;
      standing.resetAndDestroy();
      await until(() => web.closed.length === i + 1, "the place to be free");
      const next = await connectTo(web.port);
      clients.push(next);
      ends.push(collect(next));
      await until(() => web.nlb.flows === 50, "the next one to have it");
    }
    expect(web.refused).toHaveLength(storm - 50);
    for (const client of clients) client.destroy();
    await withDeadline(Promise.all(ends), "all ends");
  });

  it("hold the limit on each client address exactly", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], workers: 3, limits: { maxFlowsPerSource: 4 } });
    const addresses = Array.from({ length: 10 }, (_, i) => `127.9.9.${i + 1}`);
    const clients = addresses.flatMap((localAddress) =>
      Array.from({ length: 7 }, () => connect({ host: "127.0.0.1", port: web.port, localAddress })),
    );
    const ends = clients.map(collect);
    await until(() => web.refused.length === 30 && web.nlb.flows === 40, "three of each address's seven to be refused");
    for (const address of addresses) {
      expect(web.refused.filter(({ clientAddress }) => clientAddress === address)).toHaveLength(3);
    }
    expect(sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_sources_active")).toBe(10);
    for (const client of clients) client.destroy();
    await withDeadline(Promise.all(ends), "all ends");
  });

  it("hold the limit on flows from a node to a target exactly", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], workers: 3, limits: { flowsPerTarget: 10 } });
    const clients = Array.from({ length: 25 }, () => connect(web.port));
    const ends = clients.map(collect);
    await until(() => web.refused.length === 15 && web.nlb.flows === 10, "all but ten to be refused");
    expect(sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_port_allocation_errors_total")).toBe(15);
    for (const client of clients) client.destroy();
    await withDeadline(Promise.all(ends), "all ends");
  });

  it("are replaced when they end: their flows are lost and told of, others stand, and all are counted once", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], workers: 2, maxFlows: 40 });
    const clients = await Promise.all(Array.from({ length: 40 }, () => connectTo(web.port)));
    const ends = clients.map(collect);
    await until(() => web.connected.length === 40, "all flows");
    const [first] = web.nlb.state().workers;
    expect(first?.pid).toBeTypeOf("number");
    process.kill(first?.pid as number, "SIGKILL");
    const lost = first?.flows ?? 0;
    await until(() => web.closed.length === lost, "the loss to be told of");
    for (const { reason } of web.closed) expect(reason).toEqual({ side: "proxy", kind: "worker-lost" });
    await until(
      () => web.nlb.state().workers[0]?.pid !== undefined && web.nlb.state().workers[0]?.restarts === 1,
      "another one",
    );
    expect(web.nlb.flows).toBe(40 - lost);
    expect(pidsOf(web)).not.toContain(first?.pid);
    // Its part of the limit has gone to those who are left.
    const more = await Promise.all(Array.from({ length: lost }, () => connectTo(web.port)));
    const moreEnds = more.map(collect);
    await until(() => web.nlb.flows === 40, "the lost places to be taken");
    expect(web.refused).toEqual([]);
    const scrape = readScrape(await web.nlb.metrics());
    expect(sumOf(scrape, "edge_proxy_flows_opened_total")).toBe(40 + lost);
    expect(sumOf(scrape, "edge_proxy_worker_restarts_total")).toBe(1);
    for (const client of [...clients, ...more]) client.destroy();
    await withDeadline(Promise.all([...ends, ...moreEnds]), "all ends");
  });

  it("follow what changes: listeners that come and go, targets that leave", async () => {
    await using one = await listenOn(undefined, (socket) => socket.end("one"));
    await using two = await listenOn(undefined, (socket) => socket.end("two"));
    const config = (ports: readonly number[], target: number) => ({
      admin: false as const,
      loadBalancers: [{ name: "web", listeners: ports.map((port) => ({ port, targetGroup: "app" })) }],
      targetGroups: [{ name: "app", port: 80, targets: [{ id: "127.0.0.1", port: target }] }],
    });
    await using nlb = await createEdgeProxy(config([0], one.port), {
      workers: 2,
      probe: () => ({ outcome: "ok" }),
    }).start();
    const first = nlb.listeners[0]?.port as number;
    expect(await served(first)).toBe("one");
    await nlb.update(config([0], two.port));
    expect(nlb.listeners[0]?.port).toBe(first);
    for (let i = 0; i < 10; i++) expect(await served(first)).toBe("two");
  });

  it("leave everything as it was when a new listener cannot have its port", async () => {
    await using target = await listenOn(undefined, (socket) => socket.end("served"));
    await using taken = await listenOn();
    const config = (ports: readonly number[]) => ({
      admin: false as const,
      loadBalancers: [{ name: "web", listeners: ports.map((port) => ({ port, targetGroup: "app" })) }],
      targetGroups: [{ name: "app", port: 80, targets: [{ id: "127.0.0.1", port: target.port }] }],
    });
    await using nlb = await createEdgeProxy(config([0]), { workers: 2, probe: () => ({ outcome: "ok" }) }).start();
    await expect(nlb.update(config([0, taken.port]))).rejects.toThrow(
      `cannot listen on 127.0.0.1:${taken.port} for load balancer 'web': port ${taken.port} is already taken`,
    );
    expect(nlb.listeners).toHaveLength(1);
    expect(await served(nlb.listeners[0]?.port as number)).toBe("served");
  });

  it.each([
    [{ workers: 2, random: () => 0.5 }, "random cannot be had in worker processes"],
    [{ workers: 2, publicApiOnly: true }, "publicApiOnly cannot be had in worker processes"],
    [{ workers: 0 }, 'workers is 0, but has to be a whole number from 1, or "auto"'],
    [{ workers: 1.5 }, 'workers is 1.5, but has to be a whole number from 1, or "auto"'],
  ])("cannot be had with %o", (options, message) => {
    expect(() => createEdgeProxy({}, options)).toThrow(
      expect.objectContaining({ code: "EDGE_WORKERS_UNAVAILABLE", message }),
    );
  });
});
