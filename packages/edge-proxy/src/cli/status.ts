import { groupsWithoutHealthyTarget, readState, totalBytes } from "./admin-state.ts";
import { exitCodes, print, printJson } from "./output.ts";
import { flowSummary, stateTables } from "./state-tables.ts";
import { styleFor } from "./style.ts";

/** `edge-proxy status` */
export async function status({ admin, json = false }: { readonly admin: URL; readonly json?: boolean }): Promise<void> {
  const state = await readState(admin);
  const missing = groupsWithoutHealthyTarget(state);
  if (missing.length > 0) process.exitCode = exitCodes.unhealthy;
  if (json) return printJson(state);
  const style = styleFor(process.stdout);
  const lines = [
    ...stateTables(state, style),
    flowSummary(state, totalBytes(state)),
    ...(state.timeScale === 1 ? [] : [`timeScale: ${state.timeScale}: every configured duration is multiplied by it`]),
    ...state.warnings.map((warning) => `Warning: ${warning}`),
    ...missing.map((name) => style("red", `Target group ${name} has no healthy target`)),
  ];
  print(`${lines.join("\n")}\n`);
}
