import { isIPv6 } from "node:net";
import { isLoopback } from "../data/source.ts";
import { type LoadBalancer, nodeAddresses } from "../model/load-balancer.ts";
import { type Model, preservingGroups } from "../model/model.ts";

/**
 * A target's replies are addressed to the client whose address it sees. On their way they pass this machine, which has to take
 * them in instead of passing them on: policy routing, as on any multi-homed host. Nothing but the answers of this one server
 * is taken; what is addressed to this machine itself goes by the `local` table, which comes first.
 */
export interface ReturnRule {
  readonly family: 4 | 6;
  /** Of the target. */
  readonly address: string;
  readonly port: number;
}

/** Of the routing table that delivers here, and the place of its rules behind `local` and before `main`. */
const table = "5350";

/** What a load balancer, or every one, needs for clients that keep address and port. */
export function returnRules(model: Model, only?: LoadBalancer): ReturnRule[] {
  const loadBalancers = only === undefined ? model.loadBalancers.filter(mayBeTransparent) : [only];
  const rules = loadBalancers.flatMap((loadBalancer) => {
    const families = new Set(loadBalancer.zones.flatMap(nodeAddresses).flatMap(familiesOf));
    return preservingGroups(model, loadBalancer)
      .flatMap(({ targets }) => targets)
      .map(({ address, port }): ReturnRule => ({ family: isIPv6(address) ? 6 : 4, address, port }))
      .filter(({ family }) => families.has(family));
  });
  return [...new Map(rules.map((rule) => [`${rule.address} ${rule.port}`, rule])).values()];
}

function mayBeTransparent({ clientIp, zones }: LoadBalancer): boolean {
  return clientIp === "transparent" || (clientIp === "auto" && !zones.flatMap(nodeAddresses).every(isLoopback));
}

/** Whose clients come to a node: those of its family, and of both where it listens on `::`. */
function familiesOf(node: string): (4 | 6)[] {
  if (node === "::") return [4, 6];
  return [isIPv6(node) ? 6 : 4];
}

/** Arguments of `ip`. */
export type IpCommand = readonly string[];

/** Says where packets go that a rule sends to our table: to this machine. One for each family; may be said twice. */
export function deliverHere(rules: readonly ReturnRule[], verb: "replace" | "del" = "replace"): IpCommand[] {
  const families = [...new Set(rules.map(({ family }) => family))].sort();
  return families.map((family) => [`-${family}`, "route", verb, "local", "default", "dev", "lo", "table", table]);
}

/** Sends the answers of one target to our table. Saying it twice is an error of `ip`, "File exists". */
export function ruleCommand(rule: ReturnRule, verb: "add" | "del"): IpCommand {
  const { family, address, port } = rule;
  const answers = ["from", address, "ipproto", "tcp", "sport", String(port)];
  return [`-${family}`, "rule", verb, ...answers, "lookup", table, "pref", table];
}

/** Whether rules of this family are left. */
export function remainingRules(family: 4 | 6): IpCommand {
  return [`-${family}`, "rule", "list", "table", table];
}
