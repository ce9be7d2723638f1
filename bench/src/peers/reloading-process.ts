import { readFileSync } from "node:fs";
import { createEdgeProxy, type EdgeProxyConfig } from "@edgekit/edge-proxy";

/** The edge proxy in a program that takes one config and then the other, at each SIGHUP: `reloading-process CONFIG CONFIG`. */
const configs = process.argv.slice(2);
const nlb = await createEdgeProxy(read(0)).start();
let turn = 0;
process.on("SIGHUP", () => void nlb.update(read(++turn)));
process.on("SIGTERM", () => void nlb.close({ drainMs: 0 }).then(() => process.exit(0)));

function read(index: number): EdgeProxyConfig {
  return JSON.parse(readFileSync(configs[index % configs.length] ?? "", "utf8")) as EdgeProxyConfig;
}
