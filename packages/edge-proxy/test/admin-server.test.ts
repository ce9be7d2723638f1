import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import type { AdminView } from "../src/api/admin/admin-view.ts";
import { adminRoutes } from "../src/api/admin/routes.ts";
import { adminWith, ask } from "./support/admin.ts";
import { startNlb } from "./support/nlb.ts";
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
    expect(paths.filter((path: string) => path.includes("/assets/"))).toEqual([]);
  });

  it("has no path for what its owner does not provide", async () => {
    await using bare = await adminWith({});
    expect((await ask(bare.port, "/explain?from=a&to=b")).status).toBe(404);
    for (const path of ["/api/reload", "/api/shutdown"]) {
      expect((await ask(bare.port, path, { method: "POST" })).status).toBe(404);
    }
    const noApi = await ask(bare.port, "/", { method: "POST" });
    expect([noApi.status, noApi.headers.allow]).toEqual([405, "GET, HEAD"]);
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
      expect(answer.status).toBe(413);
      expect(answer.body).toContain("<Message>a request may have 1048576 bytes at most</Message>");
    }
  });
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
