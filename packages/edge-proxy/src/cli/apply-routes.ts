import { ip } from "../control/ip-command.ts";
import {
  deliverHere,
  type IpCommand,
  type ReturnRule,
  remainingRules,
  returnRules,
  ruleCommand,
} from "../control/return-rules.ts";
import { EdgeProxyError } from "../error.ts";
import type { Model } from "../model/model.ts";

/**
 * Sets the policy routing that `edge-proxy routes` prints.
 * @returns removes it again, at once. A rule that was there before stays.
 * @throws EdgeProxyError `EDGE_ROUTES_FAILED`; nothing is left behind then
 */
export function applyRoutes(model: Model): () => void {
  const rules = returnRules(model);
  const added: ReturnRule[] = [];
  const remove = (): void => {
    for (const rule of added) ip(ruleCommand(rule, "del"));
    for (const family of new Set(rules.map((rule) => rule.family))) {
      // Others may have rules that lead to the same table.
      if (ip(remainingRules(family)).stdout.trim() !== "") continue;
      for (const route of deliverHere(only(rules, family), "del")) ip(route);
    }
  };
  try {
    for (const command of deliverHere(rules)) set(command);
    for (const rule of rules) if (set(ruleCommand(rule, "add"))) added.push(rule);
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

/** @returns false when it was there already */
function set(command: IpCommand): boolean {
  const { ok, stderr } = ip(command);
  if (ok) return true;
  if (stderr.includes("File exists")) return false;
  const hint = stderr.includes("Operation not permitted") ? "; it takes root, or the capability CAP_NET_ADMIN" : "";
  throw new EdgeProxyError("EDGE_ROUTES_FAILED", `cannot set a route: \`ip ${command.join(" ")}\`: ${stderr}${hint}`);
}

function only(rules: readonly ReturnRule[], family: 4 | 6): ReturnRule[] {
  return rules.filter((rule) => rule.family === family);
}
