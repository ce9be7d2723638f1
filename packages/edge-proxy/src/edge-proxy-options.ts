import type { ProbeFunction } from "@edgekit/health/monitor";
import type { LoadedConfig } from "./api/config/load.ts";
import type { Clock } from "./clock.ts";
import type { FlowObserver } from "./data/flow-observer.ts";
import type { InheritedSockets } from "./inherited-sockets.ts";
import type { Change } from "./model/diff.ts";

/** What a program may set beside the config. */
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
   * How many worker processes carry the flows, to use all processors of a machine; this process keeps the control plane, health
   * checks, metrics and the admin server. `auto`: one per processor. Default 1: this process carries the flows itself. Limits
   * hold for all workers together; numbers and events of flows arrive here with a short delay, see `refresh()`.
   */
  readonly workers?: number | "auto";
  /** Use only Node's public API, which doubles the cost of a connection. Default false. */
  readonly publicApiOnly?: boolean;
  /**
   * Set the policy routing that `clientIp: transparent` needs, for targets that come later too, and remove it in `close()`.
   * Needs root. Default false: missing routes are an error.
   */
  readonly applyRoutes?: boolean;
  /** Where `reload()` gets the config from. Default: nowhere, and `reload()` throws. */
  readonly configSource?: () => Promise<LoadedConfig>;
  /**
   * Listening sockets of a process that this one replaces. With them, `start()` leaves the DNS server to `openDns()`, because
   * its port is free only when the other process has closed its own.
   */
  readonly inherited?: InheritedSockets | undefined;
  /**
   * Called when somebody asks the admin server to shut down; the caller then calls `close()`. Default: nobody can ask.
   * @param drainMs how long flows may go on
   */
  readonly onShutdown?: (drainMs: number) => void;
}

/** What `reload()` or `update()` has done. */
export interface Reloaded {
  readonly changes: readonly Change[];
  /** As `EdgeProxy.warnings`. */
  readonly warnings: readonly string[];
  /** Keys of the config that differ now, but keep their old value until the next start. */
  readonly atNextStart: readonly string[];
}
