import { connectTo, listenOn, trackLeaks, until } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import type { FlowList } from "../src/index.ts";
import { adminWith, ask, askJson } from "./support/admin.ts";
import { startNlb, vpcEndpointId } from "./support/nlb.ts";

trackLeaks();

describe("/api/flows", () => {
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
});

describe("/explain", () => {
  it("says where a flow would go, by the targets that are in service", async () => {
    await using web = await startNlb({ targets: [{ port: 1 }, { port: 2 }], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    web.nlb.drainTarget("app", "127.0.0.1:1");
    const path = `/explain?from=127.0.0.9:40001&to=127.0.0.1:${web.port}`;
    expect(await askJson(port, path)).toMatchObject({ loadBalancer: "web", target: "127.0.0.1:2" });
    expect((await ask(port, "/explain?from=127.0.0.9:40001&to=nothing:1")).status).toBe(400);
    expect((await ask(port, "/explain?to=web:80")).status).toBe(400);
  });

  it("hands the question on, and answers 400 where it has no answer", async () => {
    await using admin = await adminWith({
      explain: ({ from, to, seed }) => {
        if (to === "nowhere") throw new RangeError("nothing listens there");
        return from === undefined ? { problem: "no 'from'" } : { from, to, seed };
      },
    });
    expect(await askJson(admin.port, "/explain?from=198.51.100.7:40001&to=web:80&seed=7")).toEqual({
      from: "198.51.100.7:40001",
      to: "web:80",
      seed: "7",
    });
    const badQuestion = await ask(admin.port, "/explain?to=web:80");
    expect([badQuestion.status, JSON.parse(badQuestion.body)]).toEqual([400, { error: "no 'from'" }]);
    const nowhere = await ask(admin.port, "/explain?to=nowhere");
    expect([nowhere.status, JSON.parse(nowhere.body)]).toEqual([400, { error: "nothing listens there" }]);
  });
});
