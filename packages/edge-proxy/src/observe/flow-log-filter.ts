import type { CloseReason } from "../data/close-reason.ts";
import type { RefusalReason } from "../data/flow-observer.ts";
import type { UnwrittenLine } from "./flow-log-line.ts";

/** Which lines of the flow log are wanted: those that fit everything that is given. */
export interface FlowLogFilter {
  /** A target's id and port, or its id alone. */
  readonly target?: string | undefined;
  readonly targetGroup?: string | undefined;
  /** The load balancer's name and the listener's port, `web:8080`. */
  readonly listener?: string | undefined;
  /** The client's address. */
  readonly client?: string | undefined;
  /** As in the line, `target.rst`, or one half of it, `rst`. */
  readonly close?: string | undefined;
}

/** Whether a line fits. */
export function fits(filter: FlowLogFilter, line: UnwrittenLine): boolean {
  const { target, targetGroup, listener, client, close } = filter;
  return (
    (target === undefined || line.target === target || (line.target !== undefined && idOf(line.target) === target)) &&
    (targetGroup === undefined || line.target_group === targetGroup) &&
    (listener === undefined || line.listener === listener) &&
    (client === undefined || line["client.address"] === client) &&
    (close === undefined || line.close === close || line.close.split(".").includes(close))
  );
}

/** `::1` of `[::1]:3001`. */
function idOf(target: string): string {
  return target.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** Whether there can be a line with this `close`, or with this half of it. */
export function isKnownClose(text: string): boolean {
  const [first = "", second, ...more] = text.split(".");
  if (second === undefined) return [sides, kinds, reasons].some((known) => known.has(first)) || first === refused;
  return more.length === 0 && (first === refused ? reasons.has(second) : sides.has(first) && kinds.has(second));
}

const refused = "refused";
// Records, so that the compiler sees that none is missing.
const sides = keysOf<CloseReason["side"]>({ client: true, target: true, proxy: true });
const kinds = keysOf<CloseReason["kind"]>({
  fin: true,
  rst: true,
  timeout: true,
  drain: true,
  deregistered: true,
  "weight-zero": true,
  unhealthy: true,
  "no-target": true,
  "port-allocation": true,
  "source-collision": true,
  "worker-lost": true,
  error: true,
});
const reasons = keysOf<RefusalReason>({
  limit: true,
  source_limit: true,
  dead_on_arrival: true,
  no_target: true,
  port_allocation: true,
  hairpin: true,
});

function keysOf<Key extends string>(record: Readonly<Record<Key, true>>): ReadonlySet<string> {
  return new Set(Object.keys(record));
}
