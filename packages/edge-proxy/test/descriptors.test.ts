import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collect, connectTo, listenOn, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";
import { tempFile } from "./support/temp-file.ts";

const bin = fileURLToPath(new URL("../bin/edge-proxy.js", import.meta.url));

describe.skipIf(process.platform !== "linux")("needs Linux: a process with 256 file descriptors", () => {
  it("computes its limit, resets the clients beyond it, and goes on serving, status included", async () => {
    await using target = await listenOn();
    const config = JSON.stringify({
      admin: { port: 0 },
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: target.port, targets: [{ id: "127.0.0.1" }] }],
    });
    const folder = await mkdtemp(join(tmpdir(), "edge-proxy-"));
    // YAML is a superset of JSON.
    await writeFile(join(folder, "nlb.yaml"), config);
    const script = `ulimit -n 256; exec "${process.execPath}" "${bin}" run "${folder}/nlb.yaml"`;
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    await using _ = {
      [Symbol.asyncDispose]: async () => {
        child.kill("SIGKILL");
        await rm(folder, { recursive: true });
      },
    };
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await until(() => output.includes("idle\n"), "the banner");
    expect(output).toContain("Limits: 256 file descriptors, so 78 flows at one time");
    const port = Number(/127\.0\.0\.1:(\d+) +web/.exec(output)?.[1]);
    const admin = /Status: (http:\S+)\//.exec(output)?.[1];

    const clients: Socket[] = [];
    const ends = Array.from({ length: 300 }, () => {
      const client = connect({ host: "127.0.0.1", port });
      clients.push(client);
      return collect(client);
    });
    const state = async (): Promise<{ flows: { active: number; refused: { limit: number } } }> =>
      (await (await fetch(`${admin}/api/state`)).json()) as never;
    await until(async () => (await state()).flows.refused.limit === 222, "300 clients less 78 to be refused");
    expect((await state()).flows.active).toBe(78);
    for (const path of ["/", "/healthz", "/metrics"]) expect((await fetch(`${admin}${path}`)).status).toBe(200);
    for (const client of clients) client.resetAndDestroy();
    const kinds = (await Promise.all(ends)).map(({ end }) => end);
    expect(kinds.filter((kind) => kind === "rst")).toHaveLength(222);
    await until(async () => (await state()).flows.active === 0, "the flows to end");
    const late = await connectTo(port);
    late.end("still there?");
    for (;;) {
      const { bytes } = await withDeadline(collect(await withDeadline(target.accept(), "a flow")), "its bytes");
      if (bytes.toString() === "still there?") break;
    }
    late.resetAndDestroy();
    child.kill("SIGTERM");
    expect(await withDeadline(once(child, "close"), "the end")).toEqual([0, null]);
  });
});

describe.skipIf(process.platform !== "linux")("needs Linux: a process that has no file descriptor left", () => {
  it("refuses clients meanwhile, and serves again by itself once there are some", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.pipe(socket));
    const config = JSON.stringify({
      admin: false,
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: target.port, targets: [{ id: "127.0.0.1" }] }],
    });
    await using file = await tempFile("nlb.yaml", config);
    await using cli = new Cli("run", file.path);
    const port = Number((await cli.prints(/127\.0\.0\.1:(\d+) +web/))[1]);
    await cli.prints(/idle\n/);
    const { pid } = cli.process;
    const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
    let firstFree = 0;
    while (taken.has(firstFree)) firstFree++;
    /** Lets the process have so many more descriptors than it needs at rest. */
    const leave = (more: number): void => {
      execFileSync("prlimit", ["--pid", String(pid), `--nofile=${firstFree + more}:`]);
    };
    const isServed = async (): Promise<boolean> => {
      const client = connect({ host: "127.0.0.1", port });
      client.end("hello");
      return (await withDeadline(collect(client), "an end")).bytes.toString() === "hello";
    };

    expect(await isServed()).toBe(true);
    leave(0);
    // Not even the client's connection can be accepted.
    for (let i = 0; i < 5; i++) expect(await isServed()).toBe(false);
    leave(100);
    await until(isServed, "the service");
  });
});
