import type { NodeRuntime } from "../node-runtime.ts";
import type { ProxySetup } from "./proxy-setup.ts";
import type { Running } from "./running.ts";

export type Kind = "haproxy" | "edge-proxy" | "nginx stream" | "node pipe" | "no proxy";

/** Somebody who is measured. */
export interface Contestant {
  /** Its kind, and the Node that runs it where that is another than everybody's. */
  readonly name: string;
  readonly kind: Kind;
  start(setup: ProxySetup): Promise<Subject>;
  /** The command that only checks such a config. */
  checkCommand?(setup: ProxySetup): readonly string[];
  /** The Node that runs it, where it is ours. */
  readonly runtime?: NodeRuntime;
  /** Missing where a change takes a restart. */
  startReloadable?(before: ProxySetup, after: ProxySetup): Promise<ReloadableSubject>;
}

/** A contestant that is ready for its turn. */
export interface Subject {
  /** Where the load goes. */
  readonly port: number;
  /** The load writes the PROXY header, because nobody else does. */
  readonly withHeader: boolean;
  /** Missing where there is no proxy. */
  readonly running?: Running;
}

/** Each `reload` brings the other of two setups. */
export interface ReloadableSubject extends Subject {
  reload(): void;
}
