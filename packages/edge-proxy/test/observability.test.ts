import { readFileSync } from "node:fs";
import { collect, connectTo, listenOn, trackLeaks, until } from "@edgekit/testkit";
import { expect, it } from "vitest";
import type { FlowLogLine } from "../src/index.ts";
import { startNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

const perRound = 50;

it.each([
  { workers: 1, rounds: 40 },
  { workers: 2, rounds: 10 },
])(
  "counters, flow log and CloudWatch's view say what both sides have really sent, after many flows, with %o",
  async ({ workers, rounds }) => {
    const sent = { in: 0, out: 0 };
    const received = { in: 0, out: 0 };
    let accepted = 0;
    const peers: unknown[] = [];
    await using target = await listenOn("127.0.0.1", async (socket) => {
      const number = accepted++;
      peers.push(socket.remotePort);
      const { bytes } = await collect(socket);
      received.in += bytes.length;
      const answer = Buffer.alloc((number * 7919) % 20_011);
      sent.out += answer.length;
      socket.end(answer);
    });
    await using log = await tempFile("flows", "");
    await using web = await startNlb({ targets: [target], flowLog: { file: log.path }, workers });
    for (let round = 0; round < rounds; round++) {
      const clients = Array.from({ length: perRound }, async (_, i) => {
        const client = await connectTo(web.port);
        const answer = collect(client);
        const request = Buffer.alloc(((round * perRound + i) * 104_729) % 20_011);
        sent.in += request.length;
        client.end(request);
        const { bytes, end } = await answer;
        expect(end).toBe("fin");
        received.out += bytes.length;
        client.destroy();
      });
      await Promise.all(clients);
    }
    const flows = rounds * perRound;
    await until(() => web.closed.length === flows, "the last flow to end");
    expect(received).toEqual(sent);

    const scrape = readScrape(await web.nlb.metrics());
    const total = (what: string, labels = {}): number => sumOf(scrape, `edge_proxy_${what}`, labels);
    expect([total("flows_opened_total"), total("flows_closed_total"), total("flows_active")]).toEqual([
      flows,
      flows,
      0,
    ]);
    expect(accepted).toBe(flows);
    expect([total("bytes_total", { direction: "in" }), total("bytes_total", { direction: "out" })]).toEqual([
      sent.in,
      sent.out,
    ]);

    const lines = (): FlowLogLine[] =>
      readFileSync(log.path, "utf8")
        .split("\n")
        .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as FlowLogLine]));
    await until(() => lines().length === flows, "the flow log");
    const sum = (key: "bytes_in" | "bytes_out"): number => lines().reduce((bytes, line) => bytes + line[key], 0);
    expect([sum("bytes_in"), sum("bytes_out")]).toEqual([sent.in, sent.out]);

    // Flows this short are over before a worker process first tells of them.
    const sorted = (ports: readonly unknown[]): unknown[] => [...ports].sort();
    expect(sorted(lines().map((line) => line["source.port"]))).toEqual(sorted(peers));
    expect(new Set(lines().map(({ flow }) => flow)).size).toBe(flows);

    const balancer = web.nlb.cloudWatch().MetricData.filter(({ Dimensions }) => Dimensions.length === 1);
    const cloudWatch = new Map(balancer.map(({ MetricName, Value }) => [MetricName, Value]));
    expect(cloudWatch.get("ProcessedBytes")).toBe(sent.in + sent.out);
    expect(cloudWatch.get("NewFlowCount")).toBe(flows);
  },
);
