import { VirtualClock } from "@edgekit/health/monitor";
import { connectTo, listenOn, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { ask } from "./support/admin.ts";
import { startNlb } from "./support/nlb.ts";
import { runHere } from "./support/run-here.ts";

trackLeaks();

/** One healthy target, on a clock of the test. */
async function start() {
  const target = await listenOn();
  const clock = new VirtualClock();
  const web = await startNlb({ targets: [target], clock, admin: { port: 0 } });
  await clock.advanceAsync(1_000);
  const key = `127.0.0.1:${target.port}`;
  const admin = String(web.nlb.admin?.port);
  return {
    web,
    clock,
    name: `app/${key}`,
    admin,
    run: (...words: readonly string[]) => runHere(...words, "--admin", admin),
    state: () => web.nlb.state().targetGroups[0]?.targets[0],
    ready: () =>
      ask(Number(admin), `/api/target-groups/app/targets/${encodeURIComponent(key)}/ready`, { method: "POST" }),
    async [Symbol.asyncDispose]() {
      await web[Symbol.asyncDispose]();
      await target.close();
    },
  };
}

describe("edge-proxy drain, ready and force", () => {
  it("drains a target and takes it back", async () => {
    await using bench = await start();
    const client = await connectTo(bench.web.port);
    await until(() => bench.web.connected.length === 1, "the flow");
    const drained = await bench.run("drain", bench.name);
    expect(drained).toEqual({
      code: 0,
      stdout: `${bench.name} is draining: Target deregistration is in progress; ends in 300 s; 1 flow\n`,
      stderr: "",
    });
    expect(bench.state()?.byHand.drained).toBe(true);
    const back = await bench.run("ready", bench.name);
    expect([back.code, back.stdout]).toEqual([0, expect.stringContaining(`${bench.name} is initial: `)]);
    expect(bench.state()?.byHand.drained).toBe(false);
    client.resetAndDestroy();
  });

  it("waits until the deregistration delay is over", async () => {
    await using bench = await start();
    const waiting = bench.run("drain", bench.name, "--wait");
    await until(() => bench.state()?.TargetHealth.State === "draining", "the drain");
    await bench.clock.advanceAsync(301_000);
    const { code, stdout } = await waiting;
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      expect.stringContaining(`${bench.name} is draining: `),
      expect.stringContaining(`${bench.name} is unused: `),
      "",
    ]);
  });

  it("ends with 1 when somebody takes the target back meanwhile", async () => {
    await using bench = await start();
    const waiting = bench.run("drain", bench.name, "--wait");
    await until(() => bench.state()?.TargetHealth.State === "draining", "the drain");
    await bench.ready();
    const { code, stderr } = await waiting;
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${bench.name} has been taken back meanwhile`)]);
  });

  it("decides what health checks find", async () => {
    await using bench = await start();
    const forced = await bench.run("force", bench.name, "unhealthy", "--json");
    expect(forced.code).toBe(0);
    expect(JSON.parse(forced.stdout).byHand).toEqual({ drained: false, forced: "unhealthy" });
    expect(bench.state()?.byHand.forced).toBe("unhealthy");
    await bench.run("force", bench.name, "none");
    expect(bench.state()?.byHand.forced).toBeNull();
  });

  it.each([
    [["drain", "app"], "Give TARGET-GROUP/ID:PORT"],
    [["drain", "api/127.0.0.1:1"], "api"],
    [["ready", "app/127.0.0.1:1"], "127.0.0.1:1"],
    [["force", "app/127.0.0.1:1", "ill"], "Allowed choices are healthy, unhealthy, none"],
  ])("%j is told what is wrong, and ends with 2", async (words, expected) => {
    await using bench = await start();
    const { code, stdout, stderr } = await bench.run(...words);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(expected)]);
  });
});
