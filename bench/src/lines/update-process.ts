import { createEdgeProxy, type EdgeProxyConfig } from "@edgekit/edge-proxy";
import { tell } from "../child.ts";
import { addressOf } from "../peers/proxy-setup.ts";
import { median } from "../report/statistics.ts";

/** CPU milliseconds of an update: `update-process TARGETS with|without`, with or without stickiness. */
const [count, sticky] = process.argv.slice(2);
const updates = 9;

const nlb = await createEdgeProxy(config(0), { probe: async () => ({ outcome: "ok" }) }).start();
const times: number[] = [];
for (let turn = 1; turn <= updates; turn++) {
  const before = process.cpuUsage();
  await nlb.update(config(turn % 2));
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1000);
}
await nlb.close({ drainMs: 0 });
tell<number>({ found: median(times) });
process.disconnect?.();

function config(more: number): EdgeProxyConfig {
  return {
    admin: false,
    loadBalancers: [{ name: "bench", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [
      {
        name: "app",
        port: 3000,
        attributes: { "stickiness.enabled": sticky === "with" },
        targets: Array.from({ length: Number(count) + more }, (_, index) => ({ id: addressOf(index) })),
      },
    ],
  };
}
