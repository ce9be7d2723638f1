import { collect, connectTo, listenOn, trackLeaks, until, unusedPort } from "@edgekit/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";
import { tempFile } from "./support/temp-file.ts";
import { isAlive, workerPids } from "./support/worker-pids.ts";

trackLeaks();

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
});

/** Waits until another process has taken over. @returns its pid */
async function tookOver(cli: Cli): Promise<number> {
  const said = /Process (\d+) has taken over/;
  await until(() => said.test(cli.stderr), "the new process");
  const pid = Number(said.exec(cli.stderr)?.[1]);
  started.push(pid);
  return pid;
}

const yaml = (ports: { listener: number; admin: number; dns: number }, target: number): string => `
admin: { port: ${ports.admin} }
dns: { port: ${ports.dns} }
loadBalancers: [{ name: web, listeners: [{ port: ${ports.listener}, targetGroup: app }] }]
targetGroups: [{ name: app, port: ${target}, targets: [{ id: 127.0.0.1 }] }]
`;

describe("SIGUSR2", () => {
  it.each([{ workers: 1 }, { workers: 2 }])(
    "hands the listeners to a new process with $workers: no client is refused, and no flow that stands is cut",
    async (mode) => {
      await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
      const ports = { listener: await unusedPort(), admin: await unusedPort(), dns: await unusedPort() };
      await using file = await tempFile("nlb.yaml", yaml(ports, target.port));
      await using cli = new Cli("run", file.path, "--workers", String(mode.workers));
      await cli.prints(/Listening on[\s\S]*Limits/);
      const admin = `http://127.0.0.1:${ports.admin}`;
      const workers = await workerPids(admin);
      expect(workers).toHaveLength(mode.workers === 1 ? 0 : mode.workers);
      const standing = await Promise.all(Array.from({ length: 50 }, () => connectTo(ports.listener)));
      let running = true;
      let served = 0;
      const clients = Array.from({ length: 4 }, async () => {
        while (running) {
          const client = await connectTo(ports.listener);
          const echo = collect(client);
          client.end("x");
          const { bytes, end } = await echo;
          expect([bytes.toString(), end]).toEqual(["x", "fin"]);
          served++;
        }
      });
      cli.process.kill("SIGUSR2");
      const pid = await tookOver(cli);
      await until(() => cli.stdout.match(/^DNS: /gm)?.length === 2, "the new process's DNS server");
      const before = served;
      await until(() => served > before + 200, "clients of the new process");
      running = false;
      await Promise.all(clients);
      const state = await fetch(`${admin}/metrics`, { headers: { connection: "close" } });
      expect(await state.text()).toContain(`edge_proxy_flows_opened_total`);
      expect(cli.process.exitCode).toBeNull();
      for (const client of standing) {
        const echo = collect(client);
        client.end("still here");
        expect((await echo).bytes.toString()).toBe("still here");
      }
      // Its output stays open: the new process has it too.
      await until(() => cli.process.exitCode !== null, "the end of the old process");
      expect(cli.process.exitCode).toBe(0);
      expect(pid).not.toBe(cli.process.pid);
      expect(workers.filter(isAlive)).toEqual([]);
      const successors = await workerPids(admin);
      expect(successors).toHaveLength(workers.length);
      process.kill(pid, "SIGKILL");
      await until(() => ![pid, ...successors].some(isAlive), "the end of the new process and its workers");
    },
  );

  it("changes nothing when the new process does not start", async () => {
    await using target = await listenOn(undefined, (socket) => socket.end("served"));
    const ports = { listener: await unusedPort(), admin: await unusedPort(), dns: await unusedPort() };
    await using file = await tempFile("nlb.yaml", yaml(ports, target.port));
    await using cli = new Cli("run", file.path, "--drain-seconds", "0");
    await cli.prints(/Listening on[\s\S]*Limits/);
    await file[Symbol.asyncDispose]();
    cli.process.kill("SIGUSR2");
    await until(() => cli.stderr.includes("has not taken over, this one goes on: it ended with 2"), "the complaint");
    const client = await connectTo(ports.listener);
    expect((await collect(client)).bytes.toString()).toBe("served");
    client.destroy();
  });
});
