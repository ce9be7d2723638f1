import { availableParallelism } from "node:os";
import type { EdgeProxyConfig } from "./api/config/config.ts";
import { systemClock } from "./clock.ts";
import { kernelPorts } from "./control/kernel-ports.ts";
import type { Limits } from "./control/limits.ts";
import type { Carrier } from "./data/carrier.ts";
import { DataPlane } from "./data/data-plane.ts";
import type { FlowObserver } from "./data/flow-observer.ts";
import { LocalQuota } from "./data/quota.ts";
import { awsFlowsPerTarget } from "./data/source-ports.ts";
import type { TransparentSockets } from "./data/transparent-socket.ts";
import type { EdgeProxyOptions } from "./edge-proxy-options.ts";
import { EdgeProxyError } from "./error.ts";
import { WorkerPool } from "./workers/worker-pool.ts";

/** How often flows are checked for timeouts, which is also how exact these are. */
const sweepMs = 1_000;
/** How long bytes that were read before a reset may take to reach the other side. */
const lingerMs = 10_000;
const defaultConnectTimeoutSeconds = 5;

export interface CarrierNeeds {
  readonly config: EdgeProxyConfig;
  readonly options: EdgeProxyOptions;
  readonly limits: Limits;
  readonly transparent: TransparentSockets;
  readonly observers: readonly FlowObserver[];
}

/**
 * How many processes carry flows by this option; with 1 it is this process, without workers.
 * @throws EdgeProxyError `EDGE_WORKERS_UNAVAILABLE`
 */
export function workersOf({ workers = 1 }: EdgeProxyOptions): number {
  if (workers === "auto") return availableParallelism();
  if (Number.isInteger(workers) && workers >= 1) return workers;
  const message = `workers is ${workers}, but has to be a whole number from 1, or "auto"`;
  throw new EdgeProxyError("EDGE_WORKERS_UNAVAILABLE", message);
}

/**
 * Makes what carries the flows: the data plane of this process, or a pool of workers.
 * @throws EdgeProxyError `EDGE_WORKERS_UNAVAILABLE`
 */
export function createCarrier({ config, options, limits, transparent, observers }: CarrierNeeds): Carrier {
  const { clock = systemClock, random = Math.random, publicApiOnly = false, inherited } = options;
  const { maxFlowsPerSource, flowsPerTarget = awsFlowsPerTarget } = config.limits ?? {};
  const timeScale = config.timeScale ?? 1;
  const settings = {
    kernelPorts: kernelPorts(),
    timeouts: {
      connectMs: (config.limits?.connectTimeoutSeconds ?? defaultConnectTimeoutSeconds) * 1000,
      expiredMs: 350_000 * timeScale,
      lingerMs,
    },
    sweepMs: Math.max(10, sweepMs * timeScale),
  };
  const workers = limits.processes;
  if (workers === 1) {
    const { maxFlows } = limits;
    const quotas = {
      sources: maxFlowsPerSource === undefined ? undefined : new LocalQuota(maxFlowsPerSource),
      targets: new LocalQuota(flowsPerTarget),
    };
    const rest = { clock, random, publicApiOnly, transparent, observers, ready: inherited };
    return new DataPlane({ ...settings, ...rest, maxFlows, quotas });
  }
  const alone = (["clock", "random", "publicApiOnly"] as const).filter((name) => options[name]);
  if (alone.length > 0) {
    throw new EdgeProxyError("EDGE_WORKERS_UNAVAILABLE", `${alone.join(", ")} cannot be had in worker processes`);
  }
  const wantsSources = Boolean(config.flowLog) || (options.observers ?? []).length > 0;
  return new WorkerPool({
    clock,
    workers,
    observers,
    inherited,
    settings: {
      ...settings,
      maxFlows: limits.maxFlowsPerProcess,
      maxOffered: Math.floor(limits.reserved / 2),
      wantsSources,
    },
    limits: { flows: limits.maxFlows, sources: maxFlowsPerSource, targets: flowsPerTarget },
  });
}
