import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEdgeProxy } from "@edgekit/edge-proxy";
import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";
import { request } from "undici";
import { expect, it } from "vitest";

// Rehearses a service behind an NLB: does it know who its clients are?
it("knows its client's address behind a Network Load Balancer", async () => {
  const service = createServer((req, res) => res.end(proxyInfo(req)?.client.address));
  proxyProtocol(service, { trusted: ["127.0.0.1"] });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  const { port } = service.address() as AddressInfo;

  await using nlb = await createEdgeProxy({
    admin: false,
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [
      {
        name: "app",
        port,
        attributes: { "proxy_protocol_v2.enabled": true },
        targets: [{ id: "127.0.0.1" }],
      },
    ],
  }).start();
  const [listener] = nlb.listeners;
  const { body } = await request(`http://127.0.0.1:${listener?.port}/`);

  expect(await body.text()).toBe("127.0.0.1");
  service.close();
  service.closeAllConnections();
});
