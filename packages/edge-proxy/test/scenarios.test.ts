import { createHash, randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { collect, connectTo, listenOn, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { ask, askJson } from "./support/admin.ts";
import { Cli } from "./support/cli.ts";
import { startNlb } from "./support/nlb.ts";
import { holdFlows, runStorm, startTargets } from "./support/peer-process.ts";
import { readScrape, sumOf } from "./support/scrape.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

// SCENARIO_SCALE=1 for the full size of each.
const scale = Number(process.env["SCENARIO_SCALE"] ?? 0.02);
const scaled = (fullSize: number): number => Math.ceil(fullSize * scale);
const deadlineMs = 300_000;
/** None of a test's own processes is to run out of descriptors, of which each has 20,000 here. */
const processesFor = (connections: number): number => Math.ceil(connections / 15_000);

/** Figures belong to what a scenario promises, but hang on the machine. */
function report(scenario: string, figures: Readonly<Record<string, string | number>>): void {
  const list = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stderr.write(`${scenario}: ${list.join(", ")}\n`);
}

/** The command in a process of its own. */
interface Running extends AsyncDisposable {
  readonly port: number;
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Resident, of the process itself. */
  memoryKiB(): number;
  /** What it and its workers have spent. */
  cpuMs(): number;
}

/** With its targets found healthy. */
async function runInFront(targetPorts: readonly number[], address: string, ...options: string[]): Promise<Running> {
  const config = {
    admin: { port: 0 },
    loadBalancers: [{ name: "web", zones: [{ name: "a", address }], listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [{ name: "app", port: 80, targets: targetPorts.map((port) => ({ id: "127.0.0.1", port })) }],
  };
  await using file = await tempFile("nlb.yaml", JSON.stringify(config));
  const cli = new Cli("run", file.path, "--json", "--drain-seconds", "0", ...options);
  const [, json = ""] = await cli.prints(/^(\{.*\})\n/);
  const { admin, listeners } = JSON.parse(json);
  const state = (): Promise<RunningState> => askJson(admin.port, "/api/state");
  const isHealthy = async (): Promise<boolean> => {
    const { targetGroups } = await state();
    return targetGroups.every(({ targets }) => targets.every(({ TargetHealth }) => TargetHealth.State === "healthy"));
  };
  await until(isHealthy, "the targets to be healthy");
  const pid = cli.process.pid as number;
  const pids = [pid, ...(await state()).workers.map((worker) => worker.pid)];
  return {
    port: listeners[0].port,
    metric: async (name, labels) => sumOf(readScrape((await ask(admin.port, "/metrics")).body), name, labels),
    memoryKiB: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
    cpuMs: () => pids.map(cpuMsOf).reduce((sum, ms) => sum + ms),
    [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose](),
  };
}

/** Of its main thread. */
function cpuMsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
}

interface RunningState {
  readonly workers: readonly { readonly pid: number }[];
  readonly targetGroups: readonly {
    readonly targets: readonly { readonly TargetHealth: { readonly State: string } }[];
  }[];
}

/** Median, 99th percentile and maximum. */
function spread(timesMs: readonly number[]): string {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
  return [0.5, 0.99, 1].map(at).join("/");
}

describe("a gibibyte each way at the same time", { timeout: deadlineMs }, () => {
  it("in pieces of random sizes arrives as it was sent", async () => {
    const size = scaled(1024 ** 3);
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target] });
    const startedMs = performance.now();
    const client = await connectTo(web.port);
    const server = await target.accept();
    const [fromClient, fromTarget, atClient, atTarget] = await Promise.all([
      sendRandom(client, size),
      sendRandom(server, size),
      hashOf(client),
      hashOf(server),
    ]);
    expect(atTarget).toBe(fromClient);
    expect(atClient).toBe(fromTarget);
    await until(() => web.closed.length === 1, "the end of the flow");
    expect(web.closed[0]?.flow).toMatchObject({ bytesFromClient: size, bytesFromTarget: size });
    const seconds = (performance.now() - startedMs) / 1000;
    report("S1", { bytes: 2 * size, "MB/s": ((2 * size) / 1e6 / seconds).toFixed(0), hashes: "equal" });
  });
});

/** @returns the hash of what was sent */
async function sendRandom(socket: Socket, size: number): Promise<string> {
  const hash = createHash("sha1");
  const pool = randomBytes(1024 ** 2);
  for (let sent = 0; sent < size; ) {
    // Each power of two is as likely as the next.
    const length = Math.min(size - sent, randomInt(1, 2 ** randomInt(1, 19)));
    const start = randomInt(pool.length - length);
    const piece = pool.subarray(start, start + length);
    hash.update(piece);
    sent += length;
    if (!socket.write(piece)) await once(socket, "drain");
  }
  socket.end();
  return hash.digest("hex");
}

async function hashOf(socket: Socket): Promise<string> {
  const hash = createHash("sha1");
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) hash.update(bytes);
  return hash.digest("hex");
}

describe.skipIf(process.platform !== "linux")(
  "needs Linux: the command among many peers",
  { timeout: deadlineMs },
  () => {
    it("loses no client of a storm of 5,000 a second for ten seconds: who is not served is reset and counted", async () => {
      await using targets = await startTargets(1);
      await using web = await runInFront(targets.ports, "127.0.0.1");
      await web.metric("edge_proxy_event_loop_delay_seconds");
      const total = scaled(50_000);
      const storm = await runStorm({ host: "127.0.0.1", port: web.port, perSecond: 5_000, total }, processesFor(total));
      const { ECONNRESET: reset = 0, ...lost } = storm.failures;
      expect(lost).toEqual({});
      expect(storm.answeredAfterMs.length + reset).toBe(total);
      const loopDelay = await web.metric("edge_proxy_event_loop_delay_seconds", { percentile: "100" });
      const refused = await web.metric("edge_proxy_flows_refused_total");
      expect((await web.metric("edge_proxy_flows_opened_total")) + refused).toBe(total);
      report("L6", {
        clients: total,
        "a second": ((total * 1000) / storm.begunWithinMs).toFixed(0),
        refused,
        reset,
        "answered after ms": spread(storm.answeredAfterMs),
        "loop delay ms": (loopDelay * 1000).toFixed(0),
        "CPU µs each": ((web.cpuMs() * 1000) / total).toFixed(0),
      });
    });

    it("holds little for each of a thousand readers that stall behind a fast target, and serves others", async () => {
      await using targets = await startTargets(1);
      await using web = await runInFront(targets.ports, "127.0.0.1");
      const beforeKiB = web.memoryKiB();
      const aloneMs = await askInTurn(web.port);
      const flows = scaled(1_000);
      await using stalled = await holdFlows({ host: "127.0.0.1", port: web.port, flows, send: "!" });
      let carried = 0;
      let same = 0;
      const nothingMoves = async (): Promise<boolean> => {
        const last = carried;
        carried = await web.metric("edge_proxy_bytes_total", { direction: "out" });
        same = carried > 0 && carried === last ? same + 1 : 0;
        return same === 10;
      };
      await until(nothingMoves, "all buffers to be full", deadlineMs);
      const besideMs = await askInTurn(web.port);
      expect(await stalled.standing()).toBe(flows);
      expect(await web.metric("edge_proxy_flows_active")).toBe(flows);
      const moreKiB = web.memoryKiB() - beforeKiB;
      // Without backpressure it would be without end.
      expect(moreKiB).toBeLessThan(64 * 1024 + 512 * flows);
      report("S8", {
        flows,
        "MiB sent to them": (carried / 1024 ** 2).toFixed(0),
        "KiB of memory each": (moreKiB / flows).toFixed(0),
        "others alone ms": spread(aloneMs),
        "others beside them ms": spread(besideMs),
      });
    });

    it("carries 30,000 flows from one address of its own to three targets, in four processes", async () => {
      const flows = scaled(30_000);
      const node = "127.0.9.1";
      await using targets = await startTargets(3, processesFor(flows));
      await using web = await runInFront(targets.ports, node, "--workers", "4");
      const before = web.cpuMs();
      // The kernel keeps a connection that did not fit into its target's queue, and the target never hears of it: hence the answers.
      const job = { host: node, port: web.port, flows, send: "x", answered: true };
      await using _held = await holdFlows(job, processesFor(flows));
      await until(async () => (await web.metric("edge_proxy_source_ports_in_use")) === flows, "all flows", deadlineMs);
      const spent = web.cpuMs() - before;
      expect(await web.metric("edge_proxy_flows_active")).toBe(flows);
      expect(await web.metric("edge_proxy_flows_refused_total")).toBe(0);
      expect(await web.metric("edge_proxy_port_allocation_errors_total")).toBe(0);
      const fromNode = (await targets.peers()).filter((peer) => peer.startsWith(`${node} `));
      expect(fromNode).toHaveLength(flows);
      const ports = new Set(fromNode.map((peer) => peer.split(" ")[1]));
      const perTarget = targets.ports.map((port) => fromNode.filter((peer) => peer.endsWith(` ${port}`)).length);
      report("D7", {
        flows,
        "to each target": perTarget.join("/"),
        "source ports": ports.size,
        "CPU µs a connection": ((spent * 1000) / flows).toFixed(0),
      });
    });
  },
);

/** Some requests on a connection of their own, one after the other. @returns how long each took */
async function askInTurn(port: number): Promise<readonly number[]> {
  const client = await connectTo(port);
  const tookMs: number[] = [];
  for (let i = 0; i < 500; i++) {
    const startMs = performance.now();
    const answer = once(client, "data");
    client.write("ping");
    await answer;
    tookMs.push(performance.now() - startMs);
  }
  client.end();
  await collect(client);
  return tookMs;
}
