import { writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { availableParallelism } from "node:os";
import { collect, connectTo, listenOn, type TcpServer, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";
import { tempFile } from "./support/temp-file.ts";
import { isAlive, workerPids } from "./support/worker-pids.ts";

trackLeaks();

function yaml(target: TcpServer, attributes = ""): string {
  return `admin: { port: 0 }
loadBalancers: [{ name: web, listeners: [{ port: 0, targetGroup: app }] }]
targetGroups:
  - { name: app, port: ${target.port}, healthCheck: { intervalSeconds: 300 }, targets: [{ id: 127.0.0.1 }]${attributes} }
`;
}

interface Running {
  readonly port: number;
  readonly workers: readonly number[];
}

async function running(cli: Cli): Promise<Running> {
  const [, port] = await cli.prints(/ {2}127\.0\.0\.1:(\d+) +web/);
  const [, admin] = await cli.prints(/Status: (http:\/\/[^/]+)\//);
  return { port: Number(port), workers: await workerPids(String(admin)) };
}

/** Sends something that comes back, on a flow that goes on. */
async function echo(client: Socket, text: string): Promise<string> {
  const answer = new Promise<Buffer>((resolve) => client.once("data", resolve));
  client.resume().write(text);
  return String(await answer);
}

describe("a signal to the whole process group", () => {
  it("is the first process's to decide: flows go on, and a second one ends all of them at once, with 1", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using file = await tempFile("nlb.yaml", yaml(target));
    await using cli = new Cli({ ownGroup: true }, "run", file.path, "--workers", "2", "--drain-seconds", "60");
    const { port, workers } = await running(cli);
    await cli.prints(/Limits: \d+ file descriptors in each of 2 worker processes, so \d+ flows/);
    const client = await connectTo(port);
    expect(await echo(client, "before")).toBe("before");
    cli.signalGroup("SIGINT");
    await until(() => cli.stderr.includes("SIGINT: no new connections"), "the drain to begin");
    expect(await echo(client, "after")).toBe("after");
    const end = collect(client);
    cli.signalGroup("SIGINT");
    expect(await cli.exit()).toBe(1);
    await end;
    await until(() => !workers.some(isAlive), "the end of the workers");
    client.destroy();
  });

  it("to reload, again and again under load, cuts no flow that stands and refuses no client", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using file = await tempFile("nlb.yaml", yaml(target));
    await using cli = new Cli({ ownGroup: true }, "run", file.path, "--workers", "2", "--drain-seconds", "0");
    const { port, workers } = await running(cli);
    const standing = await Promise.all(Array.from({ length: 50 }, () => connectTo(port)));
    let isRunning = true;
    let served = 0;
    const clients = Array.from({ length: 4 }, async () => {
      while (isRunning) {
        const client = await connectTo(port);
        const answer = collect(client);
        client.end("x");
        const { bytes, end } = await answer;
        expect([bytes.toString(), end]).toEqual(["x", "fin"]);
        served++;
      }
    });
    for (let i = 1; i <= 10; i++) {
      const before = served;
      await writeFile(file.path, yaml(target, `, attributes: { stickiness.enabled: ${i % 2 === 1} }`));
      cli.signalGroup("SIGHUP");
      const reloads = (): number => cli.stdout.match(/stickiness\.enabled: /g)?.length ?? 0;
      await until(() => reloads() === i && served > before + 10, "the reload, and clients after it");
    }
    isRunning = false;
    await Promise.all(clients);
    for (const client of standing) {
      expect(await echo(client, "still here")).toBe("still here");
      client.destroy();
    }
    expect(workers.filter(isAlive)).toEqual(workers);
  });
});

describe("--workers", () => {
  it("is told to programs, and can come from the environment; auto is one for each processor", async () => {
    await using target = await listenOn();
    await using file = await tempFile("nlb.yaml", yaml(target));
    await using cli = new Cli({ env: { EDGE_PROXY_WORKERS: "auto", EDGE_PROXY_JSON: "1" } }, "run", file.path);
    const [, json = ""] = await cli.prints(/^(\{.*\})\n/);
    const { limits, admin } = JSON.parse(json);
    const expected = availableParallelism();
    expect(limits).toMatchObject({ processes: expected, maxFlows: limits.maxFlowsPerProcess * expected });
    const pids = await workerPids(`http://127.0.0.1:${admin.port}`);
    expect(pids).toHaveLength(expected === 1 ? 0 : expected);
  });
});
