import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { until } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { Cli } from "./support/cli.ts";

// Twenty times the health checks' timeout.
const stoppedMs = 1_000;

it("does not take a target for unhealthy because its own process was stopped for a while", async () => {
  let probes = 0;
  const target = createServer((_, response) => {
    probes++;
    response.end("ok");
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "edge-proxy-"));
  const file = join(folder, "nlb.yaml");
  await writeFile(
    file,
    `
timeScale: 0.01
admin: { port: 0 }
loadBalancers: [{ name: web, listeners: [{ port: 0, targetGroup: app }] }]
targetGroups:
  - name: app
    port: ${(target.address() as AddressInfo).port}
    healthCheck: { protocol: HTTP, intervalSeconds: 6, timeoutSeconds: 5 }
    targets: [{ id: 127.0.0.1 }]
`,
  );
  await using cli = new Cli("run", file);
  const [, admin] = await cli.prints(/Status: (http:\S+)\//);
  const state = async (): Promise<string> => {
    const answer = (await (await fetch(`${admin}/api/state`)).json()) as {
      targetGroups: [{ targets: [{ TargetHealth: { State: string } }] }];
    };
    return answer.targetGroups[0].targets[0].TargetHealth.State;
  };
  await until(async () => (await state()) === "healthy", "the first check");
  cli.process.kill("SIGSTOP");
  await pass(stoppedMs);
  cli.process.kill("SIGCONT");
  const enough = probes + 15;
  await until(async () => {
    expect(await state()).toBe("healthy");
    return probes >= enough;
  }, "checks after the stop");
  await cli[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  target.close();
  target.closeAllConnections();
});
