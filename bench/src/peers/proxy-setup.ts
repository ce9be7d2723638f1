import type { BenchFolder } from "./bench-folder.ts";

/** What a proxy is to do. */
export interface ProxySetup {
  readonly folder: BenchFolder;
  /** Ports of 127.0.0.1; the first one is where the load goes. */
  readonly ports: readonly number[];
  /** They expect a PROXY header. */
  readonly targets: readonly TargetAddress[];
  /** Default `off`. */
  readonly checks?: HealthChecks;
  /** In how many processes (edge-proxy) or threads (HAProxy) the work is done. Default 1; for others always. */
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

/** So many targets on addresses of their own, all with one port. */
export function manyTargets(count: number, port: number): readonly TargetAddress[] {
  return Array.from({ length: count }, (_, index) => ({ address: addressOf(index), port }));
}

/** 127.32.0.1 and on. */
export function addressOf(index: number): string {
  return `127.32.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}
