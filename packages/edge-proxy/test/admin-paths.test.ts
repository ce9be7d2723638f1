import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { type ProbeFunction, VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { type AdminServer, openAdminServer } from "../src/api/admin/admin-server.ts";
import type { AdminView } from "../src/api/admin/admin-view.ts";
import { adminRoutes } from "../src/api/admin/routes.ts";
import { loadConfigObject } from "../src/api/config/load.ts";
import { EdgeProxyError } from "../src/error.ts";
import { createEdgeProxy, EdgeProxy, type EdgeProxyState, type FlowList, type TargetState } from "../src/index.ts";
import { ask, askJson } from "./support/admin.ts";
import { startNlb, vpcEndpointId } from "./support/nlb.ts";
import { readScrape } from "./support/scrape.ts";

trackLeaks();

describe("the admin server", () => {
  it("serves the page and its files under a policy that allows nothing else", async () => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    const page = await ask(port, "/");
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    expect(page.body).not.toMatch(/ on\w+=|<style|https?:/);
    const files = [...page.body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(2);
    const imports = new Set(files);
    for (const file of imports) {
      const { status, headers, body } = await ask(port, file);
      expect(status, file).toBe(200);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      if (!file.endsWith(".js")) continue;
      expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
      for (const [, name] of body.matchAll(/ from "\.\/([^"]+)"/g)) imports.add(`/assets/${name}`);
    }
    expect((await ask(port, "/assets/tsconfig.json")).status).toBe(404);
    expect((await ask(port, "/assets/../package.json")).status).toBe(404);
    expect((await ask(port, "/assets/%2e%2e%2fpackage.json")).status).toBe(404);
  });

  it("lists its paths for one that does not exist", async () => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const answer = await ask(web.nlb.admin?.port ?? 0, "/metrik");
    expect(answer.status).toBe(404);
    const { error, paths } = JSON.parse(answer.body);
    expect(error).toBe("there is no /metrik");
    expect(paths).toEqual(
      expect.arrayContaining(["GET /", "GET /metrics", "POST /api/target-groups/:group/targets/:target/drain"]),
    );
  });

  it("answers HEAD as GET, without the body", async () => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    const [get, head] = [await ask(port, "/healthz"), await ask(port, "/healthz", { method: "HEAD" })];
    expect(head.status).toBe(200);
    expect(head.body).toBe("");
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
  });

  it.each([
    ["/api/flows?limt=1", "unknown query parameter 'limt': this path takes limit, target, state"],
    ["/healthz?verbose", "unknown query parameter 'verbose': this path takes none"],
    ["/api/flows?limit=-1", "limit must be a whole number from 0 to 1000, but was '-1'"],
    ["/api/flows?limit=1001", "limit must be a whole number from 0 to 1000, but was '1001'"],
    ["/api/flows?state=opened", "state must be dialing, open, expired, closing, but was 'opened'"],
  ])("says what is wrong with %s", async (path, error) => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const answer = await ask(web.nlb.admin?.port ?? 0, path);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error });
  });

  it.each(["/%", "/%zz", "/api/target-groups/%/targets/%/drain", "//", "/?%", "*", "http://evil.example/"])(
    "survives the path %s",
    async (path) => {
      await using web = await startNlb({ targets: [], admin: { port: 0 } });
      const port = web.nlb.admin?.port ?? 0;
      expect((await ask(port, path)).status).toBeGreaterThanOrEqual(400);
      expect((await ask(port, "/healthz")).status).toBe(200);
    },
  );

  it("is ready while every address listens: not before the start, and not while it shuts down", async () => {
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

  it("shows targets with their last check, what they carry, and why flows ended", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.end("12345"));
    await using web = await startNlb({ targets: [target], admin: { port: 0 }, random: () => 0 });
    const port = web.nlb.admin?.port ?? 0;
    const client = await connectTo(web.port);
    client.end("123");
    expect((await withDeadline(collect(client), "the answer")).bytes.toString()).toBe("12345");
    await web.closeOf(0);
    await until(() => web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State === "healthy", "a check");
    const state = await askJson<EdgeProxyState>(port, "/api/state");
    expect(state).toMatchObject({
      readiness: { ready: true },
      bytes: { fromClients: 3, fromTargets: 5 },
      loadBalancers: [{ name: "web", zones: [{ name: "local-1a", address: "127.0.0.1" }], crossZone: false }],
      targetGroups: [
        {
          name: "app",
          loadBalancer: "web",
          zones: [{ name: "local-1a", healthyCount: 1, registeredCount: 1, failOpen: false }],
          targets: [
            {
              key: `127.0.0.1:${target.port}`,
              TargetHealth: { State: "healthy" },
              isConfigured: true,
              lastCheck: { outcome: "ok" },
              flows: { active: 0, opened: 1, bytesFromClients: 3, bytesFromTargets: 5 },
              byHand: { drained: false, forced: null },
            },
          ],
        },
      ],
      recentEnds: [
        { flow: 1, listener: "web:0", target: `127.0.0.1:${target.port}`, bytesFromClient: 3, bytesFromTarget: 5 },
      ],
    });
    expect(state.recentEnds[0]?.close).toMatch(/^(client|target)\.fin$/);
    expect(Date.parse(state.targetGroups[0]?.targets[0]?.lastCheck?.at ?? "")).toBeGreaterThan(0);
  });

  it("shows as many targets of a group as were asked for, those that are not healthy first", async () => {
    const probe: ProbeFunction = ({ port }) =>
      port === 3
        ? { outcome: "failed", failure: "failed", detail: "the test says so", certain: true }
        : { outcome: "ok" };
    const clock = new VirtualClock();
    const targets = [1, 2, 3].map((port) => ({ port }));
    await using web = await startNlb({ targets, admin: { port: 0 }, probe, clock, random: () => 0 });
    await clock.advanceAsync(60_000);
    const groupWith = async (query: string) =>
      (await askJson<EdgeProxyState>(web.nlb.admin?.port ?? 0, `/api/state${query}`)).targetGroups[0];
    const some = await groupWith("?targets=2");
    expect(some?.targets.map(({ Target }) => Target.Port)).toEqual([3, 1]);
    expect(some?.states).toEqual({ healthy: 2, unhealthy: 1 });
    expect((await groupWith("?targets=3"))?.targets.map(({ Target }) => Target.Port)).toEqual([1, 2, 3]);
    expect((await groupWith("?targets=0"))?.targets).toEqual([]);
    expect((await ask(web.nlb.admin?.port ?? 0, "/api/state?targets=few")).status).toBe(400);
  });

  it("keeps the last fifty endings, the latest first, refused clients among them", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 }, maxFlows: 1 });
    const first = await connectTo(web.port);
    await until(() => web.connected.length === 1, "the flow");
    for (let i = 0; i < 55; i++) await collect(connect({ host: "127.0.0.1", port: web.port }));
    const { recentEnds } = await askJson<EdgeProxyState>(web.nlb.admin?.port ?? 0, "/api/state");
    expect(recentEnds.map(({ flow }) => flow)).toEqual(Array.from({ length: 50 }, (_, i) => 56 - i));
    expect(recentEnds[0]).toMatchObject({ close: "refused.limit", target: null, targetGroup: null });
    first.resetAndDestroy();
  });

  it("lists flows that stand, by target and state", async () => {
    await using one = await listenOn();
    await using other = await listenOn();
    await using web = await startNlb({ targets: [one, other], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    const clients = [];
    for (const entry of [web.port, web.endpointPort, web.port]) clients.push(await connectTo(entry));
    await until(() => web.connected.length === 3, "three flows");
    clients[0]?.write("1234");
    await until(async () => (await askJson<FlowList>(port, "/api/flows")).flows[0]?.bytesFromClient === 4, "its bytes");
    const all = await askJson<FlowList>(port, "/api/flows");
    expect([all.active, all.matching, all.flows.map(({ id }) => id)]).toEqual([3, 3, [1, 2, 3]]);
    expect(all.flows[0]).toMatchObject({
      client: `127.0.0.1:${clients[0]?.localPort}`,
      listener: "web:0",
      zone: "local-1a",
      vpcEndpointId: null,
      targetGroup: "app",
      state: "open",
      source: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    expect(all.flows[1]?.vpcEndpointId).toBe(vpcEndpointId);
    const few = await askJson<FlowList>(port, "/api/flows?limit=1");
    expect([few.matching, few.flows.length]).toEqual([3, 1]);
    const key = all.flows[0]?.target ?? "";
    const expected = all.flows.filter(({ target }) => target === key).map(({ id }) => id);
    const toOne = await askJson<FlowList>(port, `/api/flows?target=${encodeURIComponent(key)}&state=open`);
    expect(toOne.flows.map(({ id }) => id)).toEqual(expected);
    expect((await askJson<FlowList>(port, "/api/flows?state=expired")).matching).toBe(0);
    for (const client of clients) client.resetAndDestroy();
  });

  it("explains where a flow would go, by the targets that are in service", async () => {
    await using web = await startNlb({ targets: [{ port: 1 }, { port: 2 }], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    web.nlb.drainTarget("app", "127.0.0.1:1");
    const path = `/explain?from=127.0.0.9:40001&to=127.0.0.1:${web.port}`;
    expect(await askJson(port, path)).toMatchObject({ loadBalancer: "web", target: "127.0.0.1:2" });
    expect((await ask(port, "/explain?from=127.0.0.9:40001&to=nothing:1")).status).toBe(400);
    expect((await ask(port, "/explain?to=web:80")).status).toBe(400);
  });

  it("answers at the limit of flows too", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 }, maxFlows: 2 });
    const port = web.nlb.admin?.port ?? 0;
    const clients = [await connectTo(web.port), await connectTo(web.port)];
    await until(() => web.connected.length === 2, "two flows");
    await collect(connect({ host: "127.0.0.1", port: web.port }));
    expect(web.refused.map(({ reason }) => reason)).toEqual(["limit"]);
    for (const path of ["/", "/healthz", "/ready", "/api/state"]) expect((await ask(port, path)).status).toBe(200);
    const scrape = readScrape((await ask(port, "/metrics")).body);
    expect(scrape.get("edge_proxy_flows_limit")?.samples[0]?.value).toBe(2);
    for (const client of clients) client.resetAndDestroy();
  });

  it("closes the connections beyond the fifty that it may have", async () => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    const idle = [];
    for (let i = 0; i < 50; i++) idle.push(await connectTo(port));
    const tooMany = await connectTo(port);
    const { bytes } = await withDeadline(collect(tooMany), "the end of the 51st");
    expect(bytes.length).toBe(0);
    tooMany.destroy();
    idle.pop()?.destroy();
    await until(async () => (await ask(port, "/healthz").catch(() => undefined))?.status === 200, "a free place");
    for (const socket of idle) socket.destroy();
  });

  it("takes a body of 1 MiB, and refuses a byte more, announced or not", async () => {
    await using admin = await adminWith({
      elbv2: async ({ body }) => ({ status: 200, headers: { "content-type": "text/xml" }, body: String(body.length) }),
    });
    const mebibyte = new Uint8Array(1024 * 1024).fill(97);
    const fits = await ask(admin.port, "/", { method: "POST", body: mebibyte });
    expect([fits.status, fits.headers["content-type"], fits.body]).toEqual([200, "text/xml", "1048576"]);
    const over = new Uint8Array(1024 * 1024 + 1);
    for (const headers of [{ "content-length": String(over.length) }, { "transfer-encoding": "chunked" }]) {
      const answer = await ask(admin.port, "/", { method: "POST", headers, body: over });
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        413,
        { error: "a request may have 1048576 bytes at most" },
      ]);
    }
  });

  it("has the paths of what it is given, and no others", async () => {
    await using bare = await adminWith({});
    for (const path of ["/explain?from=a&to=b"]) expect((await ask(bare.port, path)).status).toBe(404);
    for (const path of ["/api/reload", "/api/shutdown"]) {
      expect((await ask(bare.port, path, { method: "POST" })).status).toBe(404);
    }
    const noApi = await ask(bare.port, "/", { method: "POST" });
    expect([noApi.status, noApi.headers.allow]).toEqual([405, "GET, HEAD"]);

    const drains: number[] = [];
    await using full = await adminWith({
      explain: ({ from, to, seed }) => {
        if (to === "nowhere") throw new RangeError("nothing listens there");
        return from === undefined ? { problem: "no 'from'" } : { from, to, seed };
      },
      reload: async () => ({ changed: ["one"] }),
      shutdown: (seconds) => drains.push(seconds),
    });
    expect(await askJson(full.port, "/explain?from=198.51.100.7:40001&to=web:80&seed=7")).toEqual({
      from: "198.51.100.7:40001",
      to: "web:80",
      seed: "7",
    });
    const badQuestion = await ask(full.port, "/explain?to=web:80");
    expect([badQuestion.status, JSON.parse(badQuestion.body)]).toEqual([400, { error: "no 'from'" }]);
    const nowhere = await ask(full.port, "/explain?to=nowhere");
    expect([nowhere.status, JSON.parse(nowhere.body)]).toEqual([400, { error: "nothing listens there" }]);
    expect(await askJson(full.port, "/api/reload", { method: "POST" })).toEqual({ changed: ["one"] });
    for (const query of ["", "?drain=0.5"]) {
      expect((await ask(full.port, `/api/shutdown${query}`, { method: "POST" })).status).toBe(202);
    }
    expect((await ask(full.port, "/api/shutdown?drain=soon", { method: "POST" })).status).toBe(400);
    expect(drains).toEqual([5, 0.5]);
  });

  it("shuts down and reloads where the program that runs it can", async () => {
    const asked: number[] = [];
    await using nlb = new EdgeProxy(loadConfigObject({ admin: { port: 0 } }), {
      onShutdown: (drainMs) => asked.push(drainMs),
      configSource: async () => loadConfigObject({ admin: { port: 0 }, targetGroups: [{ name: "new", port: 80 }] }),
    });
    await nlb.start();
    const port = nlb.admin?.port ?? 0;
    expect((await ask(port, "/api/shutdown?drain=1.5", { method: "POST" })).status).toBe(202);
    expect(asked).toEqual([1500]);
    const reloaded = await ask(port, "/api/reload", { method: "POST" });
    expect(reloaded.status).toBe(200);
    expect(JSON.parse(reloaded.body).changes).toHaveLength(1);
    expect((await askJson<EdgeProxyState>(port, "/api/state")).targetGroups.map(({ name }) => name)).toEqual(["new"]);
  });

  it("answers a reload of a bad config with every problem, and an accident with 500, and lives on", async () => {
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

describe("/api/state", () => {
  it("of thousands of targets, written in pieces, is what the program gets whole", async () => {
    const clock = new VirtualClock();
    const group = (name: string, net: number, count: number) => ({
      name,
      port: 80,
      targets: Array.from({ length: count }, (_, i) => ({ id: `127.${net}.${i >> 8}.${i & 255}` })),
    });
    const config = (count: number) => ({
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "many" }] }],
      targetGroups: [group("many", 10, count), group("few", 11, 3), group("none", 12, 0)],
    });
    const probe: ProbeFunction = ({ target: { id } }) =>
      id.endsWith("7") ? { outcome: "failed", failure: "failed", detail: "no", certain: true } : { outcome: "ok" };
    await using nlb = await createEdgeProxy({ admin: { port: 0 }, ...config(3_000) }, { clock, probe }).start();
    clock.advance(70_000);
    // Those that have left the config are draining.
    await nlb.update({ admin: { port: 0 }, ...config(2_900) });
    clock.advance(1_000);
    for (const limit of [undefined, 50]) {
      const path = `/api/state${limit === undefined ? "" : `?targets=${limit}`}`;
      const { at: _, ...expected } = JSON.parse(JSON.stringify(nlb.state(limit)));
      const { at, ...answer } = await askJson<EdgeProxyState>(nlb.admin?.port ?? 0, path);
      expect(at).toMatch(/^\d{4}-/);
      expect(answer).toEqual(expected);
      expect(answer.targetGroups.map(({ targets }) => targets.length)).toEqual([limit ?? 3_000, 3, 0]);
      expect(answer.targetGroups[0]?.states).toMatchObject({ draining: 100 });
    }
  });
});

describe("what is done to one target", () => {
  it.each(["drain", "ready", "force?result=unhealthy"])(
    "asks for the state of that target only: %s",
    async (action) => {
      const calls: string[] = [];
      const act = (group: string, key: string) => void calls.push(`${group} ${key}`);
      const targetState = (group: string, key: string) => ({ Target: { Id: group }, key }) as unknown as TargetState;
      // Without `state`, whoever asked for that of all targets would fail.
      await using admin = await adminWith({ drain: act, ready: act, forceHealth: act, targetState });
      const path = `/api/target-groups/app/targets/127.0.0.1%3A80/${action}`;
      const { status, body } = await ask(admin.port, path, { method: "POST" });
      expect([status, JSON.parse(body)]).toEqual([200, { Target: { Id: "app" }, key: "127.0.0.1:80" }]);
      expect(calls).toEqual(["app 127.0.0.1:80"]);
    },
  );
});

describe("docs/admin.md", () => {
  const page = readFileSync(new URL("../../../docs/admin.md", import.meta.url), "utf8");
  const nothing = () => ({});
  const everything = { explain: nothing, reload: nothing, shutdown: nothing, elbv2: nothing } as unknown as AdminView;

  it.each(
    adminRoutes(everything)
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !route.includes("/assets/")),
  )("has %s", (route) => {
    expect(page).toContain(`\`${route}`);
  });
});

/** An admin server of which only some paths are asked. */
async function adminWith(view: Partial<AdminView>): Promise<AdminServer & AsyncDisposable> {
  const admin = await openAdminServer({ port: 0 }, { refresh: async () => {}, ...view } as AdminView);
  return { ...admin, [Symbol.asyncDispose]: () => admin.close() };
}
