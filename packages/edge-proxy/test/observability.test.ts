import { readFileSync } from "node:fs";
import { collect, connectTo, listenOn, trackLeaks, until } from "@edgekit/testkit";
import { expect, it } from "vitest";
import type { FlowLogLine } from "../src/index.ts";
import { startNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

const rounds = 40;
const perRound = 50;

it("counters, flow log and CloudWatch's view say what both sides have really sent, after 2,000 flows", async () => {
  const sent = { in: 0, out: 0 };
  const received = { in: 0, out: 0 };
  let accepted = 0;
  await using target = await listenOn("127.0.0.1", async (socket) => {
    const number = accepted++;
    const { bytes } = await collect(socket);
    received.in += bytes.length;
    const answer = Buffer.alloc((number * 7919) % 20_011);
    sent.out += answer.length;
    socket.end(answer);
  });
  await using log = await tempFile("flows", "");
  await using web = await startNlb({ targets: [target], flowLog: { file: log.path } });
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
  expect([total("flows_opened_total"), total("flows_closed_total"), total("flows_active")]).toEqual([flows, flows, 0]);
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

  const balancer = web.nlb.cloudWatch().MetricData.filter(({ Dimensions }) => Dimensions.length === 1);
  const cloudWatch = new Map(balancer.map(({ MetricName, Value }) => [MetricName, Value]));
  expect(cloudWatch.get("ProcessedBytes")).toBe(sent.in + sent.out);
  expect(cloudWatch.get("NewFlowCount")).toBe(flows);
});
