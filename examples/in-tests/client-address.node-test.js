// Run: node --test client-address.node-test.js
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { createEdgeProxy } from "@edgekit/edge-proxy";
import { VirtualClock } from "@edgekit/health/monitor";
import { awsVpcEndpointId } from "@edgekit/pp2";
import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";

/** The service under test: it tells each client who it thinks that it is. */
async function startService(t) {
  const server = createServer((req, res) => {
    const { client, header } = proxyInfo(req);
    res.end(JSON.stringify({ ...client, endpoint: awsVpcEndpointId(header) ?? null }));
  });
  proxyProtocol(server, { trusted: ["127.0.0.1"] });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server.address().port;
}

async function startNlb(t, port, options) {
  const nlb = createEdgeProxy(
    {
      admin: false,
      loadBalancers: [
        {
          name: "web",
          listeners: [{ port: 0, targetGroup: "app" }],
          vpcEndpoints: [{ id: "vpce-08d2bf15fac5001c9", port: 0 }],
        },
      ],
      targetGroups: [
        {
          name: "app",
          port,
          healthCheck: { protocol: "HTTP", path: "/healthz", intervalSeconds: 10, unhealthyThreshold: 2 },
          attributes: { "proxy_protocol_v2.enabled": true },
          targets: [{ id: "127.0.0.1" }],
        },
      ],
    },
    options,
  );
  // With TypeScript, or Node 24 and newer: await using nlb = await createEdgeProxy(…).start();
  t.after(() => nlb.close({ drainMs: 0 }));
  await nlb.start();
  return nlb;
}

async function ask({ port }) {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  return response.json();
}

test("the service knows its clients, and the VPC endpoint that they came through", async (t) => {
  const nlb = await startNlb(t, await startService(t));
  const [listener, endpoint] = nlb.listeners;
  const direct = await ask(listener);
  assert.equal(direct.address, "127.0.0.1");
  assert.notEqual(direct.port, listener.port);
  assert.equal(direct.endpoint, null);
  assert.equal((await ask(endpoint)).endpoint, "vpce-08d2bf15fac5001c9");
});

test("with all of its targets unhealthy, the load balancer fails open", async (t) => {
  const clock = new VirtualClock();
  const port = await startService(t);
  const nlb = await startNlb(t, port, { clock });
  const health = () => nlb.describeTargetHealth("app")[0].TargetHealth;
  nlb.forceTargetHealth("app", `127.0.0.1:${port}`, "healthy");
  await clock.advanceAsync(20_000);
  assert.deepEqual(health(), { State: "healthy" });
  nlb.forceTargetHealth("app", `127.0.0.1:${port}`, "unhealthy");
  await clock.advanceAsync(30_000);
  assert.deepEqual(health(), {
    State: "unhealthy",
    Reason: "Target.FailedHealthChecks",
    Description: "Health checks failed",
  });
  assert.equal((await ask(nlb.listeners[0])).address, "127.0.0.1");
});
