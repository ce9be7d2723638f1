import { createRequire } from "node:module";
import type { EdgeProxyConfig } from "@edgekit/edge-proxy";
import { labelOf, type NodeRuntime } from "../node-runtime.ts";
import type { Contestant, ReloadableSubject, Subject } from "./contestant.ts";
import type { ProxySetup } from "./proxy-setup.ts";
import { reloadBySignal } from "./reload-by-signal.ts";
import { Running } from "./running.ts";

const bin: string = createRequire(import.meta.url)
  .resolve("@edgekit/edge-proxy/package.json")
  .replace(/package\.json$/, "bin/edge-proxy.js");

/** Our own, as its command line runs it. */
export function edgeProxy(runtime: NodeRuntime): Contestant {
  return {
    name: `edge-proxy${labelOf(runtime)}`,
    kind: "edge-proxy",
    runtime,
    checkCommand: (setup) => [runtime.execPath, bin, "check", writeConfig(setup)],
    async start(setup): Promise<Subject> {
      const {
        ports: [port = 0],
        workers = 1,
      } = setup;
      const args = [bin, "run", "--workers", String(workers), writeConfig(setup)];
      const running = await Running.start(runtime.execPath, args, port);
      return { port, withHeader: false, running };
    },
    async startReloadable(before, after): Promise<ReloadableSubject> {
      return reloadBySignal(await this.start(before), "SIGHUP", [before, after], writeConfig);
    },
  };
}

/** JSON is YAML. */
function writeConfig(setup: ProxySetup): string {
  return setup.folder.write(`nlb-${setup.ports[0]}.yaml`, JSON.stringify(configOf(setup)));
}

/** AWS allows no interval below five seconds; a fifth of everything makes it one. */
const quick = {
  protocol: "HTTP",
  intervalSeconds: 5,
  timeoutSeconds: 2,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
} as const;

function configOf({ ports, targets, checks = "off" }: ProxySetup): EdgeProxyConfig {
  return {
    admin: { port: 0 },
    ...(checks === "quick" ? { timeScale: 0.2 } : {}),
    loadBalancers: [{ name: "bench", listeners: ports.map((port) => ({ port, targetGroup: "app" })) }],
    targetGroups: [
      {
        name: "app",
        port: targets[0]?.port ?? 0,
        attributes: { "proxy_protocol_v2.enabled": true },
        ...(checks === "quick" ? { healthCheck: quick } : {}),
        targets: targets.map(({ address, port }) => ({ id: address, port })),
      },
    ],
  };
}
