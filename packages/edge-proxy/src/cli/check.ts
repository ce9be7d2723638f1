import { EdgeProxyError } from "../error.ts";
import { configName, loadConfigInput } from "./config-input.ts";
import { exitCodes, print } from "./output.ts";

/** `edge-proxy check FILE` */
export async function check(file: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  try {
    const { model, warnings } = await loadConfigInput(file);
    if (json) return print(`${JSON.stringify({ ok: true, problems: [], warnings })}\n`);
    const { loadBalancers, targetGroups } = model;
    for (const warning of warnings) print(`Warning: ${warning}\n`);
    print(
      `${configName(file)} is valid: ${count(loadBalancers, "load balancer")}, ${count(targetGroups, "target group")}\n`,
    );
  } catch (error) {
    if (!json || !(error instanceof EdgeProxyError)) throw error;
    print(`${JSON.stringify({ ok: false, problems: error.problems, warnings: [] })}\n`);
    process.exitCode = exitCodes.usage;
  }
}

function count(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? "" : "s"}`;
}
