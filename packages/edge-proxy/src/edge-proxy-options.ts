import type { ProbeFunction } from "@edgekit/health/monitor";
import type { LoadedConfig } from "./api/config/load.ts";
import type { Clock } from "./clock.ts";
import type { FlowObserver } from "./data/flow-observer.ts";
import type { InheritedSockets } from "./inherited-sockets.ts";
import type { Change } from "./model/diff.ts";

/** What a program may replace. */
export interface EdgeProxyOptions {
  /** Default: the process's monotonic clock. */
  readonly clock?: Clock;
  /** From 0 up to, but not including, 1. Default `Math.random`. */
  readonly random?: () => number;
  /** How a target is checked. Default: real TCP, HTTP and HTTPS checks. */
  readonly probe?: ProbeFunction;
  /** Told about every flow, beside the built-in counters. */
  readonly observers?: readonly FlowObserver[];
  /**
   * Worker processes that carry the flows, so that a machine's processors are used; this process keeps the control plane, health
   * checks, metrics and the admin server. `auto`: as many as there are processors. Default 1: no other process. Limits hold for all
   * of them together; numbers and events of flows arrive here with a short delay, see `refresh()`.
   */
  readonly workers?: number | "auto";
  /** Do without Node's internals, at twice the cost of a connection. Default false. */
  readonly publicApiOnly?: boolean;
  /**
   * Set the policy routing that `clientIp: transparent` needs, also for targets that come later, and remove it in `close()`.
   * It takes root. Default false: what is missing is an error.
   */
  readonly applyRoutes?: boolean;
  /** Where `reload()` gets the config from. Default: nowhere, there is nothing to reload. */
  readonly configSource?: () => Promise<LoadedConfig>;
  /**
   * Listening sockets of a process that this one replaces. `start()` leaves the DNS server to `openDns()` then: its port is free
   * when the other process has closed its own.
   */
  readonly inherited?: InheritedSockets | undefined;
  /**
   * Called when somebody asks the admin server to shut down; the caller then calls `close()`. Default: nobody can ask.
   * @param drainMs how long flows may go on
   */
  readonly onShutdown?: (drainMs: number) => void;
}

/** What a reload or an update has done. */
export interface Reloaded {
  readonly changes: readonly Change[];
  /** As `warnings`. */
  readonly warnings: readonly string[];
  /** Keys of the config that are different and keep their old value until the next start. */
  readonly atNextStart: readonly string[];
}
