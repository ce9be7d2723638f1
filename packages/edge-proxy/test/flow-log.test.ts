import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collect, connectTo, listenOn, trackLeaks, until, unusedPort, withDeadline } from "@edgekit/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FlowLogLine } from "../src/index.ts";
import { startNlb, vpcEndpointId } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";

trackLeaks();

const bin = fileURLToPath(new URL("../bin/edge-proxy.js", import.meta.url));
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edge-proxy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function linesOf(file: string): FlowLogLine[] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as FlowLogLine]));
}

describe("the flow log", () => {
  it("has a line for a flow: who, where to, how much, how long and why it ended", async () => {
    const file = join(folder, "flows");
    await using target = await listenOn();
    const attributes = { "proxy_protocol_v2.enabled": true };
    await using web = await startNlb({ targets: [target], attributes, flowLog: { file } });
    const client = await connectTo(web.endpointPort);
    client.write("hello");
    const server = await target.accept();
    await once(server.resume(), "data");
    server.write("good day");
    await once(client.resume(), "data");
    const { localPort, localAddress } = client;
    const { remotePort } = server;
    server.resetAndDestroy();
    await web.closeOf(0);
    await until(() => linesOf(file).length === 1, "the line");
    const [line] = linesOf(file);
    expect(line).toEqual({
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      flow: "1",
      load_balancer: "web",
      listener: "web:0",
      zone: "local-1a",
      vpc_endpoint: vpcEndpointId,
      "client.address": localAddress,
      "client.port": localPort,
      "network.transport": "tcp",
      target_group: "app",
      target: `127.0.0.1:${target.port}`,
      "source.address": "127.0.0.1",
      "source.port": remotePort,
      bytes_in: 5,
      bytes_out: 8,
      duration_s: expect.any(Number),
      connect_s: expect.any(Number),
      close: "target.rst",
      close_code: "SD",
      "error.type": "ECONNRESET",
      pp2: "v2+vpce",
    });
    expect(line?.duration_s).toBeGreaterThan(line?.connect_s ?? 1);
  });

  it("has no keys for what did not happen: a FIN from both sides is no error, no header, no endpoint", async () => {
    const file = join(folder, "flows");
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], flowLog: { file } });
    const client = await connectTo(web.port);
    client.end();
    (await target.accept()).resume().end();
    client.resume();
    await web.closeOf(0);
    await until(() => linesOf(file).length === 1, "the line");
    const [line] = linesOf(file);
    expect(line).toMatchObject({ close: "client.fin", close_code: "--", bytes_in: 0 });
    for (const key of ["error.type", "pp2", "vpc_endpoint"]) expect(line).not.toHaveProperty([key]);
  });

  it("has a line for a target that refuses, and for a client that is turned away", async () => {
    const file = join(folder, "flows");
    await using web = await startNlb({ targets: [{ port: await unusedPort() }], flowLog: { file } });
    connect(web.port, "127.0.0.1").on("error", () => {});
    await web.closeOf(0);
    await using target = await listenOn();
    await using full = await startNlb({ targets: [target], maxFlows: 1, flowLog: { file: `${file}2` } });
    const first = await connectTo(full.port);
    await withDeadline(collect(connect(full.port, "127.0.0.1")), "the refusal");
    await until(() => linesOf(file).length === 1 && linesOf(`${file}2`).length === 1, "the lines");
    const [refusedByTarget] = linesOf(file);
    expect(refusedByTarget).toMatchObject({ close: "target.error", close_code: "SC", "error.type": "ECONNREFUSED" });
    expect(refusedByTarget).not.toHaveProperty(["connect_s"]);
    const [turnedAway] = linesOf(`${file}2`);
    expect(turnedAway).toMatchObject({ close: "refused.limit", close_code: "PC", "error.type": "limit", flow: "2" });
    expect(turnedAway?.["client.address"]).toBe("127.0.0.1");
    expect(turnedAway).not.toHaveProperty(["target"]);
    first.destroy();
  });

  it("is an error at the start when its file cannot be opened, and nothing listens then", async () => {
    const starting = startNlb({ targets: [], flowLog: { file: join(folder, "no", "such", "folder") } });
    await expect(starting).rejects.toMatchObject({ code: "EDGE_LOG_UNWRITABLE" });
  });
});

describe("edge-proxy run --flow-log", () => {
  function run(config: unknown, ...options: string[]): ReturnType<typeof spawn> & { said(): string } {
    // YAML is a superset of JSON.
    const file = join(folder, "nlb.yaml");
    writeFileSync(file, JSON.stringify(config));
    const child = spawn(process.execPath, [bin, "run", file, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    return Object.assign(child, { said: () => said });
  }

  const config = (port: number): unknown => ({
    admin: { port: 0 },
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [{ name: "app", port, healthCheck: { intervalSeconds: 300 }, targets: [{ id: "127.0.0.1" }] }],
  });

  async function addresses(child: { said(): string }): Promise<{ port: number; admin: string }> {
    await until(() => child.said().includes("idle\n"), "the banner");
    const port = Number(/127\.0\.0\.1:(\d+) +web/.exec(child.said())?.[1]);
    return { port, admin: /Status: (http:\/\/[^/]+)\//.exec(child.said())?.[1] ?? "" };
  }

  it("writes nothing but lines to standard output, the last ones included when it ends", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.resume().on("end", () => socket.end()));
    const child = run(config(target.port), "--flow-log");
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    const { port, admin } = await addresses(child);
    const clients = await Promise.all(Array.from({ length: 100 }, () => connectTo(port)));
    await until(async () => (await scraped(admin, "edge_proxy_flows_active")) === 100, "the flows to stand");
    for (const client of clients) client.resume().end("x");
    child.kill("SIGTERM");
    expect(await withDeadline(once(child, "close"), "the end")).toEqual([0, null]);
    const lines = output.split("\n").slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as FlowLogLine).close)).toEqual(lines.map(() => "client.fin"));
    expect(lines).toHaveLength(100);
  });

  it("whose output nobody reads drops and counts lines, while flows go on and memory stays", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.resetAndDestroy());
    const child = run(config(target.port), "--flow-log");
    child.stdout?.pause();
    const { port, admin } = await addresses(child);
    const dropped = (): Promise<number> => scraped(admin, "edge_proxy_log_lines_dropped_total");
    let flows = 0;
    const tookMs: number[] = [];
    const oneFlow = async (): Promise<void> => {
      const startedMs = performance.now();
      await withDeadline(collect(connect(port, "127.0.0.1")), "the end of a flow");
      tookMs.push(performance.now() - startedMs);
      flows++;
    };
    const worker = async (stop: () => boolean): Promise<void> => {
      while (!stop()) await oneFlow();
    };
    let isDropping = false;
    const workers = Array.from({ length: 20 }, () => worker(() => isDropping));
    await until(async () => (await dropped()) > 500, "lines to be dropped", 60_000);
    const beforeMiB = residentMiB(child.pid);
    const droppedBefore = await dropped();
    isDropping = true;
    await Promise.all(workers);
    tookMs.length = 0;
    for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 20 }, oneFlow));
    expect(await dropped()).toBeGreaterThanOrEqual(droppedBefore + 2_000);
    tookMs.sort((a, b) => a - b);
    const p99 = tookMs[Math.floor(tookMs.length * 0.99)] ?? 0;
    const grewMiB = residentMiB(child.pid) - beforeMiB;
    report(
      `nobody reads: ${flows} flows, ${await dropped()} lines dropped, p99 ${p99.toFixed(1)} ms, RSS +${grewMiB} MiB`,
    );
    // 2,000 lines are 0.8 MiB; what a heap does by itself is more.
    expect(grewMiB).toBeLessThan(40);
    child.kill("SIGTERM");
    expect(await withDeadline(once(child, "exit"), "the end")).toEqual([0, null]);
    child.stdout?.destroy();
  }, 90_000);
});

async function scraped(admin: string, metric: string): Promise<number> {
  return sumOf(readScrape(await (await fetch(`${admin}/metrics`)).text()), metric);
}

function residentMiB(pid: number | undefined): number {
  if (process.platform !== "linux") return 0;
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1024);
}

/** A figure for whoever reads the output; nothing depends on it. */
function report(figure: string): void {
  process.stderr.write(`${figure}\n`);
}
