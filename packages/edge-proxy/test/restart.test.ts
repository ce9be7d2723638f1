import { connect, type Socket } from "node:net";
import {
  type Collected,
  collect,
  connectTo,
  listenOn,
  type TcpServer,
  trackLeaks,
  until,
  unusedPort,
} from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";
import { readScrape, sumOf } from "./support/scrape.ts";
import { tempFile } from "./support/temp-file.ts";
import { isAlive, workerPids } from "./support/worker-pids.ts";

trackLeaks();

function yaml(port: number, target: TcpServer): string {
  return `admin: { port: 0 }
loadBalancers: [{ name: web, listeners: [{ port: ${port}, targetGroup: app }] }]
targetGroups:
  - { name: app, port: ${target.port}, healthCheck: { intervalSeconds: 300 }, targets: [{ id: 127.0.0.1 }] }
`;
}

/** A running edge-proxy, where it listens, and its worker processes. */
async function addressesOf(
  cli: Cli,
): Promise<{ port: number; active: () => Promise<number>; workers: readonly number[] }> {
  const [, port] = await cli.prints(/ {2}127\.0\.0\.1:(\d+) +web/);
  const [, admin] = await cli.prints(/Status: (http:\/\/[^/]+)\//);
  const active = async (): Promise<number> => {
    const response = await fetch(`${admin}/metrics`, { headers: { connection: "close" } });
    return sumOf(readScrape(await response.text()), "edge_proxy_flows_active");
  };
  const workers = await workerPids(String(admin));
  return { port: Number(port), active, workers };
}

/** What a client that comes now meets. */
function knock(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.destroy(new Error("accepted")));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const modes = [{ workers: 1 }, { workers: 2 }];

describe.each(modes)("SIGTERM with $workers", ({ workers: processes }) => {
  it("closes the listeners at once, lets flows go on while the drain lasts, resets the rest, and ends with 0", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.pipe(socket));
    await using file = await tempFile("nlb.yaml", yaml(0, target));
    await using cli = new Cli("run", file.path, "--drain-seconds", "1", "--workers", String(processes));
    const { port, active, workers } = await addressesOf(cli);
    expect(workers).toHaveLength(processes === 1 ? 0 : processes);
    const clients: Socket[] = [];
    for (let i = 0; i < 500; i++) clients.push(await connectTo(port));
    await until(async () => (await active()) === 500, "the flows to stand");
    // Half of them have passed bytes; some have said FIN, and their target answers with its own.
    for (const client of clients.slice(0, 250)) client.write("hello");
    const ends = clients.map((client) => collect(client));
    const signalledMs = performance.now();
    cli.process.kill("SIGTERM");
    await until(() => cli.stderr.includes("SIGTERM"), "the drain to begin");
    // Worker processes hear of it a moment later.
    await until(async () => (await knock(port)) === "ECONNREFUSED", "a client to be refused");
    const refusedMs = performance.now() - signalledMs;
    for (const client of clients.slice(0, 100)) client.end(", and goodbye");
    const kinds = (results: Collected[]): Set<string> => new Set(results.map(({ end }) => end));
    const finished = await Promise.all(ends.slice(0, 100));
    expect(kinds(finished)).toEqual(new Set(["fin"]));
    expect(new Set(finished.map(({ bytes }) => bytes.toString()))).toEqual(new Set(["hello, and goodbye"]));
    expect(kinds(await Promise.all(ends.slice(100)))).toEqual(new Set(["rst"]));
    expect(await cli.exit()).toBe(0);
    expect(workers.filter(isAlive)).toEqual([]);
    const endedMs = performance.now() - signalledMs;
    report(
      `SIGTERM with 500 flows, 1 s to drain: clients refused within ${refusedMs.toFixed(0)} ms, ended after ${endedMs.toFixed(0)} ms`,
    );
  });

  it("a second time, or Ctrl-C, ends the process at once, with 1", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.resume());
    await using file = await tempFile("nlb.yaml", yaml(0, target));
    await using cli = new Cli("run", file.path, "--drain-seconds", "60", "--workers", String(processes));
    const { port, active, workers } = await addressesOf(cli);
    expect(workers).toHaveLength(processes === 1 ? 0 : processes);
    const client = await connectTo(port);
    await until(async () => (await active()) === 1, "the flow to stand");
    cli.process.kill("SIGTERM");
    await until(() => cli.stderr.includes("SIGTERM"), "the drain to begin");
    const secondMs = performance.now();
    cli.process.kill("SIGINT");
    expect(await cli.exit()).toBe(1);
    report(`second signal: ended after ${(performance.now() - secondMs).toFixed(0)} ms`);
    await until(() => !workers.some(isAlive), "the end of the workers");
    client.destroy();
  });
});

describe.each(modes)("SIGKILL with $workers", ({ workers: processes }) => {
  it("leaves nothing behind: the next start serves on the same ports", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.pipe(socket));
    await using file = await tempFile("nlb.yaml", yaml(await unusedPort(), target));
    await using first = new Cli("run", file.path, "--workers", String(processes));
    const { port, workers } = await addressesOf(first);
    const clients = await Promise.all(Array.from({ length: 100 }, () => connectTo(port)));
    await until(() => target.sockets.size >= 100, "the flows to reach the target");
    const ends = clients.map((client) => collect(client));
    const killedMs = performance.now();
    first.process.kill("SIGKILL");
    // The kernel closes them for the process: nobody is left to wait for an answer.
    await Promise.all(ends);
    await until(() => !workers.some(isAlive), "the end of the workers");
    await using second = new Cli("run", file.path, "--workers", String(processes));
    expect((await addressesOf(second)).port).toBe(port);
    const client = await connectTo(port);
    const echo = collect(client);
    client.end("is anybody there?");
    expect((await echo).bytes.toString()).toBe("is anybody there?");
    report(`SIGKILL with 100 flows: served again after ${(performance.now() - killedMs).toFixed(0)} ms`);
    for (const one of [...clients, client]) one.destroy();
  });
});

/** A figure for whoever reads the output; nothing depends on it. */
function report(figure: string): void {
  process.stderr.write(`${figure}\n`);
}
