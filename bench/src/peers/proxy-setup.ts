import type { BenchFolder } from "./bench-folder.ts";

/** What a proxy is configured to do. */
export interface ProxySetup {
  readonly folder: BenchFolder;
  /** Ports of 127.0.0.1; the first one is where the load goes. */
  readonly ports: readonly number[];
  /** Where flows go. They expect a PROXY header. */
  readonly targets: readonly TargetAddress[];
  /** Default `off`. */
  readonly checks?: HealthChecks;
  /** How many processes (edge-proxy) or threads (HAProxy) share the work. Default 1. Others always have one. */
  readonly workers?: number;
}

export interface TargetAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * - `off`: no target ever dies
 * - `slow`: each target every 30 seconds, as AWS does by default
 * - `quick`: over HTTP, every second with an answer in 400 ms; two failures take a target down
 */
type HealthChecks = "off" | "slow" | "quick";

/** This many targets, each on an address of its own and all with one port. */
export function manyTargets(count: number, port: number): readonly TargetAddress[] {
  return Array.from({ length: count }, (_, index) => ({ address: addressOf(index), port }));
}

/** The address of a target by its index: 127.32.0.1 and on. */
export function addressOf(index: number): string {
  return `127.32.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}
