import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { collect, connectTo, trackLeaks, withDeadline } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { closed, listening } from "../../test/node/listening.ts";
import { until } from "../../test/node/until.ts";
import { encode } from "../index.ts";
import { proxyProtocol } from "./index.ts";

trackLeaks();

const header = encode({
  source: { address: "198.51.100.7", port: 40001 },
  destination: { address: "203.0.113.9", port: 443 },
});
const request = Buffer.concat([header, Buffer.from("GET / HTTP/1.0\r\n\r\n")]);
const floodSize = 1_000;
const headerTimeoutMs = 1_500;

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

it("a flood of silent clients: others are served, memory is bounded, all are cut at the deadline (P12, P13)", async ({
  annotate,
}) => {
  const server = http.createServer((_, res) => res.end("ok"));
  const handle = proxyProtocol(server, { trusted: ["127.0.0.1"], headerTimeoutMs });
  const port = await listening(server);
  const memoryBefore = process.memoryUsage().rss;

  const waits: number[] = [];
  const flood = Array.from({ length: floodSize }, async () => {
    const startedAt = performance.now();
    const client = net.connect({ port, host: "127.0.0.1" }).on("error", () => {});
    client.resume();
    await once(client, "close");
    waits.push(performance.now() - startedAt);
  });
  await until(() => handle.pending === floodSize, "all to be pending");
  const memoryOfBothEnds = (process.memoryUsage().rss - memoryBefore) / floodSize;

  const latencies: number[] = [];
  while (waits.length === 0 && latencies.length < 200) {
    const startedAt = performance.now();
    const client = await connectTo(port);
    client.write(request);
    expect((await withDeadline(collect(client), "the answer")).bytes.toString()).toMatch(/ok$/);
    latencies.push(performance.now() - startedAt);
    client.destroy();
  }
  await withDeadline(Promise.all(flood), "all silent clients to be cut");

  expect(handle.counters.rejected.timeout).toBe(floodSize);
  expect(handle.counters.accepted).toBe(latencies.length);
  expect(handle.pending).toBe(0);
  // Accept cannot come before connect; timers round to a millisecond.
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(headerTimeoutMs - 2);
  expect(memoryOfBothEnds).toBeLessThan(64 * 1024);
  await closed(server);
  await annotate(
    `${floodSize} silent clients, deadline ${headerTimeoutMs} ms: cut after ${Math.min(...waits).toFixed(0)} to ` +
      `${Math.max(...waits).toFixed(0)} ms; ${latencies.length} others served meanwhile, p50 ` +
      `${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms; ` +
      `${(memoryOfBothEnds / 1024).toFixed(1)} KiB RSS for both ends of a silent connection`,
  );
});
