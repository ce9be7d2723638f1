import { connectTo, listenOn, withDeadline } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { ask, askJson } from "./support/admin.ts";
import { Cli } from "./support/cli.ts";
import { tempFile } from "./support/temp-file.ts";

it("the command ends with 0 when the admin server is asked to shut down, and answers before it does", async () => {
  await using target = await listenOn();
  const config = {
    admin: { port: 0 },
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [{ name: "app", port: target.port, targets: [{ id: "127.0.0.1" }] }],
  };
  await using file = await tempFile("nlb.yaml", JSON.stringify(config));
  await using cli = new Cli("run", file.path, "--json");
  const [, json = ""] = await cli.prints(/^(\{.*\})\n/);
  const { admin, listeners } = JSON.parse(json);
  const client = await connectTo(listeners[0].port);
  await withDeadline(target.accept(), "the flow");
  expect((await ask(admin.port, "/api/shutdown?drain=60", { method: "POST" })).status).toBe(202);
  expect(await askJson(admin.port, "/ready")).toMatchObject({ ready: false });
  client.resetAndDestroy();
  expect(await cli.exit()).toBe(0);
});
