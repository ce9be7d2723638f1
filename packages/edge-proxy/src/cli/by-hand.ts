import { systemClock } from "../clock.ts";
import { EdgeProxyError } from "../error.ts";
import { hostPort } from "../model/host-port.ts";
import { errorOf, postAdmin, unreachable } from "./admin-client.ts";
import { type AdminTarget, readState } from "./admin-state.ts";
import { print, printJson } from "./output.ts";
import { whyOf } from "./state-tables.ts";
import type { TargetName } from "./value.ts";

const pollMs = 500;

interface ByHandOptions {
  readonly admin: URL;
  readonly json?: boolean;
}

/** `edge-proxy drain TARGET-GROUP/ID:PORT` */
export async function drain(name: TargetName, options: ByHandOptions & { readonly wait?: boolean }): Promise<void> {
  const { admin, json = false, wait = false } = options;
  const begun = await act(admin, name, "drain");
  if (!json) printTarget(name, begun);
  else if (!wait) printJson(begun);
  if (!wait) return;
  const ended = await untilDrained(admin, name);
  if (json) printJson(ended ?? null);
  else if (ended === undefined) print(`${textOf(name)} is not in its target group any more\n`);
  else if (ended.TargetHealth.State !== begun.TargetHealth.State) printTarget(name, ended);
}

/** `edge-proxy ready TARGET-GROUP/ID:PORT` */
export async function ready(name: TargetName, { admin, json = false }: ByHandOptions): Promise<void> {
  const target = await act(admin, name, "ready");
  if (json) printJson(target);
  else printTarget(name, target);
}

/** `edge-proxy force TARGET-GROUP/ID:PORT healthy|unhealthy|none` */
export async function force(name: TargetName, result: string, { admin, json = false }: ByHandOptions): Promise<void> {
  const target = await act(admin, name, "force", { result });
  if (json) printJson(target);
  else printTarget(name, target);
}

/** @returns the target's state afterwards */
async function act(
  admin: URL,
  { targetGroup, target }: TargetName,
  action: "drain" | "ready" | "force",
  query: Readonly<Record<string, string>> = {},
): Promise<AdminTarget> {
  const path = `/api/target-groups/${encodeURIComponent(targetGroup)}/targets/${encodeURIComponent(target)}/${action}`;
  const { status, body } = await postAdmin(admin, path, query);
  if (status === 200) return body as AdminTarget;
  const why = errorOf(body) ?? `${path} answers ${status}`;
  if (status === 404) throw new EdgeProxyError("EDGE_USAGE", why);
  throw unreachable(admin, why);
}

/**
 * Asks until the deregistration delay is over.
 * @returns undefined when the target has left its group
 * @throws EdgeProxyError `EDGE_NOT_DRAINED` when somebody has taken it back
 */
async function untilDrained(admin: URL, name: TargetName): Promise<AdminTarget | undefined> {
  for (;;) {
    const { targetGroups } = await readState(admin);
    const group = targetGroups.find((candidate) => candidate.name === name.targetGroup);
    const target = group?.targets.find(({ Target: { Id, Port } }) => hostPort(Id, Port) === name.target);
    if (target?.byHand?.drained === false && target.TargetHealth.State !== "draining") {
      throw new EdgeProxyError("EDGE_NOT_DRAINED", `${textOf(name)} has been taken back meanwhile`);
    }
    if (target?.TargetHealth.State !== "draining") return target;
    await new Promise<void>((resolve) => {
      systemClock.setTimer(pollMs, resolve);
    });
  }
}

function printTarget(name: TargetName, target: AdminTarget): void {
  const active = target.flows?.active;
  const flows = active === undefined ? [] : [`${active} ${active === 1 ? "flow" : "flows"}`];
  const why = [whyOf(target), ...flows].filter((part) => part !== "").join("; ");
  print(`${textOf(name)} is ${target.TargetHealth.State}${why === "" ? "" : `: ${why}`}\n`);
}

function textOf({ targetGroup, target }: TargetName): string {
  return `${targetGroup}/${target}`;
}
