import type { EdgeProxyConfig } from "./config.ts";

/** What is set up once, at the start. */
const startKeys = ["admin", "dns", "flowLog", "limits", "instances", "stateFile", "subnets", "timeScale"] as const;

/** The keys that a new config has changed in vain. */
export function keptUntilStart(before: EdgeProxyConfig, after: EdgeProxyConfig): string[] {
  return startKeys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}
