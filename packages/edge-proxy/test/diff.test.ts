import { describe, expect, it } from "vitest";
import type { EdgeProxyConfig } from "../src/api/config/config.ts";
import { loadConfigObject } from "../src/api/config/load.ts";
import { diffModels } from "../src/model/diff.ts";

const before: EdgeProxyConfig = {
  loadBalancers: [
    {
      name: "web",
      listeners: [
        { port: 8080, targetGroup: "app" },
        { port: 8081, targetGroup: "app" },
      ],
      vpcEndpoints: [{ id: "vpce-08d2bf15fac5001c9", port: 9000, listenerPort: 8080 }],
    },
  ],
  targetGroups: [
    { name: "app", port: 3000, targets: [{ id: "127.0.0.1" }, { id: "127.0.0.1", port: 3001 }] },
    { name: "old", port: 1 },
  ],
};

const after: EdgeProxyConfig = {
  loadBalancers: [
    {
      name: "web",
      attributes: { "load_balancing.cross_zone.enabled": true },
      listeners: [
        {
          port: 8080,
          targetGroups: [
            { name: "app", weight: 9 },
            { name: "new", weight: 1 },
          ],
          attributes: { "tcp.idle_timeout.seconds": 60 },
        },
        { port: 8082, targetGroup: "app" },
      ],
    },
  ],
  targetGroups: [
    {
      name: "app",
      port: 3000,
      healthCheck: { intervalSeconds: 10 },
      targets: [{ id: "127.0.0.1", zone: "local-1a" }, { id: "127.0.0.2" }],
    },
    { name: "new", port: 2 },
  ],
};

function lines(from: EdgeProxyConfig, to: EdgeProxyConfig): string[] {
  return diffModels(loadConfigObject(from).model, loadConfigObject(to).model).map(
    ({ kind, what }) => `${kind} ${what}`,
  );
}

describe("the difference of two models", () => {
  it("is nothing for the same one", () => {
    expect(lines(before, before)).toEqual([]);
  });

  it("is said thing by thing, with the old and the new value", () => {
    expect(lines(before, after)).toEqual([
      "changed load balancer 'web': load_balancing.cross_zone.enabled: false → true",
      "removed listener 8081 of 'web'",
      "changed listener 8080 of 'web': target groups: app → app:9 new:1",
      "changed listener 8080 of 'web': tcp.idle_timeout.seconds: 350 → 60",
      "added listener 8082 of 'web'",
      "removed VPC endpoint vpce-08d2bf15fac5001c9 on 127.0.0.1:9000 to listener 8080 in local-1a",
      "removed target group 'old'",
      "changed target group 'app': healthCheck.intervalSeconds: 30 → 10",
      "removed target 127.0.0.1:3001 of 'app'",
      "changed target 127.0.0.1:3000 of 'app': zone: all → local-1a",
      "added target 127.0.0.2:3000 of 'app'",
      "added target group 'new'",
    ]);
  });
});
