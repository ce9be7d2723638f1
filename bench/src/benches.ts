import type { Bench } from "./bench.ts";
import { bulkLine } from "./lines/bulk-line.ts";
import { deathLine } from "./lines/death-line.ts";
import { growthConfigLine } from "./lines/growth-config-line.ts";
import { growthFlowsLine } from "./lines/growth-flows-line.ts";
import { growthListenersLine } from "./lines/growth-listeners-line.ts";
import { growthTargetsLine } from "./lines/growth-targets-line.ts";
import { growthUpdateLine } from "./lines/growth-update-line.ts";
import { idleLine } from "./lines/idle-line.ts";
import { latencyLine } from "./lines/latency-line.ts";
import { benchOf } from "./lines/measure-line.ts";
import { receiveHttpLine, receiveNetLine } from "./lines/receive-lines.ts";
import { reloadLine } from "./lines/reload-line.ts";
import { slowLine } from "./lines/slow-line.ts";
import { stormLine } from "./lines/storm-line.ts";
import { workersLine } from "./lines/workers-line.ts";
import { connectionsLine, downloadsLine, requestsLine } from "./lines/wrk-lines.ts";
import { micro } from "./micro/micro.ts";
import { proxies } from "./peers/contestants.ts";
import { receivers } from "./peers/receivers.ts";

const receiveLines = [receiveNetLine, receiveHttpLine];

const proxyLines = [
  requestsLine,
  connectionsLine,
  workersLine,
  bulkLine,
  downloadsLine,
  idleLine,
  latencyLine,
  stormLine,
  slowLine,
  reloadLine,
  deathLine,
  growthFlowsLine,
  growthTargetsLine,
  growthListenersLine,
  growthConfigLine,
  growthUpdateLine,
];

/** In the order of the report. */
export const benches: readonly Bench[] = [
  micro,
  ...receiveLines.map((line) => benchOf(line, receivers)),
  ...proxyLines.map((line) => benchOf(line, proxies)),
];

/** Those with one of the names, and of the groups with one; all for no name. `unknown` are names of neither. */
export function chooseBenches(names: readonly string[]): {
  readonly chosen: readonly Bench[];
  readonly unknown: readonly string[];
} {
  const known = new Set(benches.flatMap(({ name, group }) => [name, group]));
  const chosen = benches.filter(
    ({ name, group }) => names.length === 0 || names.includes(name) || names.includes(group),
  );
  return { chosen, unknown: names.filter((name) => !known.has(name)) };
}
