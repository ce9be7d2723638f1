import { HealthError } from "../error.ts";

/** One registered target. Two targets are the same when id and port are. */
export interface Target {
  /** What the group calls it: an IP address, an instance id, a host name. */
  readonly id: string;
  /** The traffic port, 1–65535. */
  readonly port: number;
  /** Where to connect to, when `id` is no address. Default: `id`. */
  readonly address?: string;
  /** Its zone; default `"all"`: reachable from every zone. */
  readonly zone?: string;
}

/** `id:port`, with brackets around an id that has colons. The key of a target everywhere in the monitor. */
export function targetKey(target: { readonly id: string; readonly port: number }): string {
  return target.id.includes(":") ? `[${target.id}]:${target.port}` : `${target.id}:${target.port}`;
}

/** @throws {HealthError} `HEALTH_INVALID_TARGET`. */
export function checkTarget(target: Target): void {
  if (target.id === "") throw new HealthError("HEALTH_INVALID_TARGET", "a target needs an id");
  if (!isPort(target.port)) {
    throw new HealthError("HEALTH_INVALID_TARGET", `target ${target.id} has no valid port: ${target.port}`);
  }
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
