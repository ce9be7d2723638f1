import { hostPort } from "../model/host-port.ts";
import type { AdminState, AdminTarget } from "./admin-state.ts";
import { columns, type Style } from "./style.ts";

/** Listeners, then the targets of each group, then worker processes where there are any, as tables. Rows without `filter` in them are left out. */
export function stateTables(state: AdminState, style: Style, filter = ""): string[] {
  return [
    ...listenerTable(state, style, filter),
    "",
    ...state.targetGroups.flatMap((group) => groupTable(group, style, filter)),
    ...workerTable(state, style, filter),
  ];
}

function listenerTable({ listeners }: AdminState, style: Style, filter: string): string[] {
  if (listeners.length === 0) return ["No listener is configured."];
  const rows = listeners.map(({ loadBalancer, zone, address, port, vpcEndpointId, targetGroups }) => [
    loadBalancer,
    hostPort(address, port),
    vpcEndpointId ?? zone,
    targetGroups.map(({ name, weight }) => (targetGroups.length > 1 ? `${name}:${weight}` : name)).join(", "),
  ]);
  return table(["LOAD BALANCER", "LISTENS ON", "ZONE OR ENDPOINT", "TARGET GROUPS"], rows, style, filter);
}

function groupTable(group: AdminState["targetGroups"][number], style: Style, filter: string): string[] {
  const failOpen = (group.zones ?? []).filter(({ failOpen }) => failOpen).map(({ name }) => name);
  const note = failOpen.length === 0 ? "" : ` ${style("yellow", `fail-open in ${failOpen.join(", ")}`)}`;
  const head = `${style("bold", `Target group ${group.name}`)}${note}`;
  if (group.targets.length === 0) return [head, "  no targets", ""];
  const rows = group.targets.map((target) => {
    const { Id, Port, AvailabilityZone = "all" } = target.Target;
    const { State } = target.TargetHealth;
    const flows = target.flows === undefined ? ["-", "-"] : [`${target.flows.active}`, `${target.flows.opened}`];
    return [hostPort(Id, Port), AvailabilityZone, style(colourOf(State), State), ...flows, whyOf(target)];
  });
  return [head, ...table(["TARGET", "ZONE", "STATE", "FLOWS", "SINCE START", "WHY"], rows, style, filter), ""];
}

function workerTable({ workers = [] }: AdminState, style: Style, filter: string): string[] {
  if (workers.length === 0) return [];
  const rows = workers.map(({ pid, flows, restarts }, i) => [
    `${i}`,
    pid === null ? style("yellow", "restarting") : `${pid}`,
    `${flows}`,
    `${restarts}`,
  ]);
  return [...table(["WORKER", "PROCESS", "FLOWS", "REPLACED"], rows, style, filter), ""];
}

/** What is to be said about the state: why, what the last check found, when draining ends. */
export function whyOf({ TargetHealth: { Description }, drainingEndsInSeconds, lastCheck }: AdminTarget): string {
  const found = lastCheck?.outcome === "failed" ? lastCheck.detail : undefined;
  const ends = drainingEndsInSeconds === undefined ? undefined : `ends in ${Math.ceil(drainingEndsInSeconds)} s`;
  return [Description, found, ends].filter((part) => part !== undefined).join("; ");
}

function colourOf(state: string): "green" | "red" | "yellow" | "dim" {
  if (state === "healthy" || state === "unavailable") return "green";
  if (state === "unhealthy") return "red";
  return state === "unused" ? "dim" : "yellow";
}

/** With its rows that have `filter` in them. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  filter = "",
): string[] {
  const wanted = filter.toLowerCase();
  const shown = rows.filter((row) => row.join(" ").toLowerCase().includes(wanted));
  return columns([head.map((name) => style("dim", name)), ...shown]).map((line) => `  ${line}`);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `1.5 MiB`. */
export function size(bytes: number): string {
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log2(bytes || 1) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Since the start. */
export function flowSummary({ flows, limits }: AdminState, bytes: number): string {
  const refused = Object.entries(flows.refused).filter(([, count]) => count > 0);
  const total = refused.reduce((sum, [, count]) => sum + count, 0);
  const reasons = refused.map(([reason, count]) => `${reason} ${count}`).join(", ");
  return (
    `Flows: ${flows.active} of at most ${limits.maxFlows}; since the start ${flows.flowsOpened} opened, ` +
    `${flows.flowsClosed} closed, ${total} refused${reasons === "" ? "" : ` (${reasons})`}, ${size(bytes)}`
  );
}
