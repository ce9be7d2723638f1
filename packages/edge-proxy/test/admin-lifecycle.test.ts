import { connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { loadConfigObject } from "../src/api/config/load.ts";
import { EdgeProxyError } from "../src/error.ts";
import { createEdgeProxy, EdgeProxy, type EdgeProxyState } from "../src/index.ts";
import { adminWith, ask, askJson } from "./support/admin.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

describe("/ready", () => {
  it("is 200 while every address listens: not before the start, and not while it shuts down", async () => {
    expect(createEdgeProxy({ admin: false }).readiness).toEqual({
      ready: false,
      reasons: ["it is starting: no config has been applied yet"],
    });
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    const ready = await ask(port, "/ready");
    expect([ready.status, JSON.parse(ready.body)]).toEqual([200, { ready: true, reasons: [] }]);
    const client = await connectTo(web.port);
    await until(() => web.connected.length === 1, "the flow");
    const closed = web.nlb.close({ drainMs: 10_000 });
    const draining = await ask(port, "/ready");
    expect(draining.status).toBe(503);
    expect(JSON.parse(draining.body).reasons).toEqual(["it is shutting down: new clients are refused, flows may end"]);
    expect((await ask(port, "/healthz")).status).toBe(200);
    client.resetAndDestroy();
    await withDeadline(closed, "the end");
  });
});

describe("/api/reload", () => {
  it("answers with what has changed", async () => {
    await using admin = await adminWith({ reload: async () => ({ changed: ["one"] }) });
    expect(await askJson(admin.port, "/api/reload", { method: "POST" })).toEqual({ changed: ["one"] });
  });

  it("takes over the config that its source gives now", async () => {
    await using nlb = new EdgeProxy(loadConfigObject({ admin: { port: 0 } }), {
      configSource: async () => loadConfigObject({ admin: { port: 0 }, targetGroups: [{ name: "new", port: 80 }] }),
    });
    await nlb.start();
    const port = nlb.admin?.port ?? 0;
    const reloaded = await ask(port, "/api/reload", { method: "POST" });
    expect(reloaded.status).toBe(200);
    expect(JSON.parse(reloaded.body).changes).toHaveLength(1);
    expect((await askJson<EdgeProxyState>(port, "/api/state")).targetGroups.map(({ name }) => name)).toEqual(["new"]);
  });

  it("answers a bad config with every problem, and an accident with 500, and lives on", async () => {
    const errors: Error[] = [
      new EdgeProxyError("EDGE_CONFIG_INVALID", ["nlb.yaml:1:1: first", "nlb.yaml:2:1: second"]),
      new TypeError("by accident"),
    ];
    await using admin = await adminWith({ reload: () => Promise.reject(errors.shift()) });
    const invalid = await ask(admin.port, "/api/reload", { method: "POST" });
    expect([invalid.status, JSON.parse(invalid.body)]).toEqual([
      422,
      {
        error: "nlb.yaml:1:1: first\nnlb.yaml:2:1: second",
        code: "EDGE_CONFIG_INVALID",
        problems: ["nlb.yaml:1:1: first", "nlb.yaml:2:1: second"],
      },
    ]);
    const accident = await ask(admin.port, "/api/reload", { method: "POST" });
    expect([accident.status, JSON.parse(accident.body)]).toEqual([500, { error: "by accident" }]);
    expect((await ask(admin.port, "/healthz")).status).toBe(200);
  });
});

describe("/api/shutdown", () => {
  it("takes how long flows may go on, 5 s by default, and refuses what is no number", async () => {
    const drains: number[] = [];
    await using admin = await adminWith({ shutdown: (seconds) => drains.push(seconds) });
    for (const query of ["", "?drain=0.5"]) {
      expect((await ask(admin.port, `/api/shutdown${query}`, { method: "POST" })).status).toBe(202);
    }
    expect((await ask(admin.port, "/api/shutdown?drain=soon", { method: "POST" })).status).toBe(400);
    expect(drains).toEqual([5, 0.5]);
  });

  it("asks the program that runs it, in milliseconds", async () => {
    const asked: number[] = [];
    await using nlb = new EdgeProxy(loadConfigObject({ admin: { port: 0 } }), {
      onShutdown: (drainMs) => asked.push(drainMs),
    });
    await nlb.start();
    const port = nlb.admin?.port ?? 0;
    expect((await ask(port, "/api/shutdown?drain=1.5", { method: "POST" })).status).toBe(202);
    expect(asked).toEqual([1500]);
  });
});
