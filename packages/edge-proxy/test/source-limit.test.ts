import { connect, type Socket } from "node:net";
import {
  type Collected,
  collect,
  connectTo,
  listenOn,
  openSockets,
  trackLeaks,
  until,
  withDeadline,
} from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy } from "../src/index.ts";
import { startNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";

trackLeaks();

const refusals = "edge_proxy_flows_refused_total";

// Linux lets every process use every address of 127.0.0.0/8, so one machine can be many clients.
describe.skipIf(process.platform !== "linux")("needs Linux: limits.maxFlowsPerSource", () => {
  it("resets a client address's next flow, takes others, and takes it again when one of its flows has ended", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], limits: { maxFlowsPerSource: 2 } });
    const from = (localAddress: string): Promise<Socket> => connectTo(web.port, { localAddress });
    const [first, second] = [await from("127.0.0.7"), await from("127.0.0.7")];
    const third = await withDeadline(collect(connect({ port: web.port, localAddress: "127.0.0.7" })), "the refusal");
    expect(third.end).toBe("rst");
    expect(web.refused.map(({ reason }) => reason)).toEqual(["source_limit"]);
    const other = await from("127.0.0.8");
    await until(() => web.nlb.flows === 3, "the other address's flow");
    first.resetAndDestroy();
    await web.closeOf(0);
    const again = await from("127.0.0.7");
    await until(() => web.nlb.flows === 3, "the freed place to be taken");
    expect(sumOf(readScrape(await web.nlb.metrics()), refusals, { reason: "source_limit" })).toBe(1);
    for (const client of [second, other, again]) client.destroy();
  });

  it("holds for each of 200 addresses, and remembers none of them afterwards", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], limits: { maxFlowsPerSource: 3 } });
    const clients: Socket[] = [];
    const ends = Array.from({ length: 200 * 4 }, (_, i) => {
      const localAddress = `127.1.${(i % 200) >> 4}.${1 + ((i % 200) & 15)}`;
      const client = connect({ port: web.port, host: "127.0.0.1", localAddress });
      clients.push(client);
      return collect(client);
    });
    await until(() => web.refused.length === 200 && web.nlb.flows === 600, "one of each address's four to be refused");
    expect(sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_sources_active")).toBe(200);
    for (const client of clients) if (!client.destroyed) client.resetAndDestroy();
    await Promise.all(ends);
    await until(() => web.nlb.flows === 0, "the flows to end");
    expect(sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_sources_active")).toBe(0);
  });

  it("does not count a client that found no target", async () => {
    await using nlb = await createEdgeProxy({
      admin: false,
      limits: { maxFlowsPerSource: 1 },
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: 80 }],
    }).start();
    const port = nlb.listeners[0]?.port ?? 0;
    for (let i = 0; i < 3; i++) await withDeadline(collect(connect(port, "127.0.0.1")), "the refusal");
    const scrape = readScrape(await nlb.metrics());
    expect(sumOf(scrape, refusals, { reason: "no_target" })).toBe(3);
    expect(sumOf(scrape, refusals, { reason: "source_limit" })).toBe(0);
  });

  it("is off by default: one address may have any number", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target] });
    const clients = await Promise.all(Array.from({ length: 50 }, () => connectTo(web.port)));
    await until(() => web.nlb.flows === 50, "all of them");
    expect(sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_sources_active")).toBe(0);
    for (const client of clients) client.destroy();
  });
});

describe("a storm of connections", () => {
  it("fills the limit to the last place, resets every other client, and counts each of them", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.resume().on("end", () => socket.end()));
    await using web = await startNlb({ targets: [target], maxFlows: 300 });
    const before = openSockets();
    const [waves, perWave] = [5, 400];
    const storm = waves * perWave;
    const startedMs = performance.now();
    const clients: Socket[] = [];
    const ends: Promise<Collected>[] = [];
    for (let wave = 1; wave <= waves; wave++) {
      // Not all at once: the kernel queues 511, and lets whoever comes on top of that wait for a second.
      for (let i = 0; i < perWave; i++) {
        const client = connect({ host: "127.0.0.1", port: web.port, allowHalfOpen: true });
        clients.push(client);
        ends.push(collect(client));
      }
      await until(() => web.refused.length === wave * perWave - 300, "all but 300 to be refused");
    }
    const tookMs = performance.now() - startedMs;
    expect(web.nlb.flows).toBe(300);
    for (const client of clients) client.end("x");
    const kinds = (await withDeadline(Promise.all(ends), "every client's end")).map(({ end }) => end);
    await until(() => web.nlb.flows === 0, "the last flow to end");
    const scrape = readScrape(await web.nlb.metrics());
    expect(sumOf(scrape, "edge_proxy_flows_opened_total")).toBe(300);
    expect(sumOf(scrape, refusals, { reason: "limit" })).toBe(storm - 300);
    expect(kinds.filter((kind) => kind === "fin")).toHaveLength(300);
    expect(kinds.filter((kind) => kind === "rst")).toHaveLength(storm - 300);
    await until(() => openSockets() <= before, "the sockets to close");
    process.stderr.write(`a storm of ${storm} clients was sorted out in ${tookMs.toFixed(0)} ms\n`);
  }, 40_000);
});
