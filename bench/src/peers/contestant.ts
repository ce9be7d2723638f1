import type { NodeRuntime } from "../node-runtime.ts";
import type { ProxySetup } from "./proxy-setup.ts";
import type { Running } from "./running.ts";

export type Kind = "haproxy" | "edge-proxy" | "nginx stream" | "node pipe" | "no proxy";

/** Whoever takes turns in a line. */
export interface Entrant {
  readonly name: string;
  readonly kind: string;
}

/** All who may take part in lines of one sort. */
export interface Field<E extends Entrant> {
  /** Name of the one that the others are compared with. */
  readonly reference: string;
  /** In the order in which they take their turns: ours on every Node that takes part. */
  entrantsOn(runtimes: readonly NodeRuntime[]): readonly E[];
}

/** A proxy that is measured, or that there is none. */
export interface Contestant extends Entrant {
  /** Its kind, followed by the Node that runs it unless that is the usual one. */
  readonly name: string;
  readonly kind: Kind;
  start(setup: ProxySetup): Promise<Subject>;
  /** The command that only checks the config for a setup. */
  checkCommand?(setup: ProxySetup): readonly string[];
  /** The Node that runs it; set only for our own programs. */
  readonly runtime?: NodeRuntime;
  /** Starts it so that its config can change; missing where a change takes a restart. */
  startReloadable?(before: ProxySetup, after: ProxySetup): Promise<ReloadableSubject>;
}

/** A contestant that has been started and is ready for its turn. */
export interface Subject {
  /** Where the load goes. */
  readonly port: number;
  /** Whether the load has to write the PROXY header itself. */
  readonly withHeader: boolean;
  /** Missing where there is no proxy. */
  readonly running?: Running;
}

/** A subject whose config can change: each `reload` switches to the other of two setups. */
export interface ReloadableSubject extends Subject {
  reload(): void;
}
