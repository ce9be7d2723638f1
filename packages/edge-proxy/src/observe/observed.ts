import type { HealthMonitor } from "@edgekit/health/monitor";
import type { ByHandSetting } from "../control/by-hand.ts";
import type { ClientIpChoices } from "../control/client-ip.ts";
import type { DnsAt } from "../control/dns-at.ts";
import type { Limits } from "../control/limits.ts";
import type { ListeningAt } from "../control/listening-at.ts";
import type { CarrierProcess } from "../data/carrier.ts";
import type { FlowInfo } from "../data/flow-observer.ts";
import type { Model } from "../model/model.ts";
import type { FlowCounters } from "./counters.ts";

/** What is read from the running stand-in to answer a question for numbers. */
export interface Observed {
  /** On the clock of flows and targets. */
  readonly nowMs: number;
  /** Milliseconds since 1970. */
  readonly wallClockMs: number;
  readonly readiness: Readiness;
  readonly traffic: Traffic;
  readonly model: Model;
  readonly listeners: readonly ListeningAt[];
  readonly dns: DnsAt | undefined;
  readonly clientIp: ClientIpChoices;
  monitor(group: string): HealthMonitor | undefined;
  byHand(group: string, key: string): ByHandSetting;
  /** Multiplies every configured duration. */
  readonly timeScale: number;
  readonly limits: Limits;
  readonly config: ConfigStatus;
  readonly warnings: readonly string[];
  readonly logLinesDropped: number;
}

/** Flows, and what carries them. */
interface Traffic {
  /** The flows that stand now. */
  readonly flows: Iterable<FlowInfo>;
  /** Since the start. */
  readonly counters: Readonly<FlowCounters>;
  /** Worker processes that carry the flows; none where this one does. */
  readonly processes: readonly CarrierProcess[];
  /** How many client addresses are counted for the limit on flows per address. */
  readonly sources: number;
  /** How many source ports flows hold on the nodes' addresses, over all targets. */
  readonly sourcePortsInUse: number;
  /** What observers of flows have thrown. */
  readonly observerErrors: number;
}

/** How the last attempt to apply a config went. */
export interface ConfigStatus {
  readonly succeeded: boolean;
  /** Seconds since 1970 of the last one that did; 0 before the first. */
  readonly appliedAtSeconds: number;
}

/** Whether new flows are accepted on every address. The health of targets does not matter: an NLB listens without any. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, one sentence each. */
  readonly reasons: readonly string[];
}
