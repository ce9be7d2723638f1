import { EdgeProxyError } from "../error.ts";
import { ip } from "./ip-command.ts";
import { deliverHere, type IpCommand, type ReturnRule, remainingRules, ruleCommand } from "./return-rules.ts";

/** The policy routing that `edge-proxy routes` prints, set by this process and taken back by it. */
export class AppliedRoutes {
  readonly #added = new Map<string, ReturnRule>();
  readonly #families = new Set<4 | 6>();

  /**
   * Sets what is not set yet. A rule that was there before is not removed at the end.
   * @throws EdgeProxyError `EDGE_ROUTES_FAILED`
   */
  set(rules: readonly ReturnRule[]): void {
    const missing = rules.filter((rule) => !this.#added.has(keyOf(rule)));
    for (const command of deliverHere(missing)) run(command);
    for (const rule of missing) {
      this.#families.add(rule.family);
      if (run(ruleCommand(rule, "add"))) this.#added.set(keyOf(rule), rule);
    }
  }

  /** Removes everything that was added, at once: to be called as the process ends. */
  remove(): void {
    for (const rule of this.#added.values()) ip(ruleCommand(rule, "del"));
    for (const family of this.#families) {
      // Others may have rules that lead to the same table.
      if (ip(remainingRules(family)).stdout.trim() !== "") continue;
      for (const route of deliverHere([{ family, address: "", port: 0 }], "del")) ip(route);
    }
    this.#added.clear();
    this.#families.clear();
  }
}

function keyOf({ address, port }: ReturnRule): string {
  return `${address} ${port}`;
}

/** @returns false when it was there already */
function run(command: IpCommand): boolean {
  const { ok, stderr } = ip(command);
  if (ok) return true;
  if (stderr.includes("File exists")) return false;
  const hint = stderr.includes("Operation not permitted") ? "; it takes root, or the capability CAP_NET_ADMIN" : "";
  throw new EdgeProxyError("EDGE_ROUTES_FAILED", `cannot set a route: \`ip ${command.join(" ")}\`: ${stderr}${hint}`);
}
