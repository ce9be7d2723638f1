import type { GroupThresholds, TargetStateName } from "../src/index.ts";
import { type GroupAttributes, type Target, targetKey } from "../src/monitor/index.ts";
import type { SeededRandom } from "./random.ts";

/** How a scripted target behaves. `slow` answers well within the timeout, `silent` never. */
export type Mood = "up" | "slow" | "refuses" | "silent";

export interface SimulatedTarget {
  readonly key: string;
  readonly target: Target;
  mood: Mood;
  probes: number;
  /** Conclusive results since it was registered, newest last. */
  results: ("ok" | "failed")[];
  /** It has answered every probe so far and no passive failure was told. */
  isBlameless: boolean;
  wantedIn: boolean;
}

/** The group that a simulation is about, as the monitor was told, and what follows from that by counting. */
export class SimulatedGroup {
  readonly zones: readonly string[];
  readonly targets: readonly SimulatedTarget[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly maxInFlight: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  attributes: GroupAttributes;
  thresholds: GroupThresholds;
  crossZone: boolean;
  enabledZones: readonly string[];
  inUse = true;

  constructor(random: SeededRandom) {
    this.zones = ["a", "b", "c"].slice(0, random.integer(1, 3));
    this.enabledZones = this.zones;
    this.targets = Array.from({ length: random.integer(1, 6) }, (_, index) => {
      const target = { id: "10.0.0.1", port: 1 + index, zone: random.chance(0.1) ? "all" : random.pick(this.zones) };
      const key = targetKey(target);
      return { key, target, mood: "up", probes: 0, results: [], isBlameless: true, wantedIn: false };
    });
    this.intervalMs = random.pick([5_000, 10_000, 30_000]);
    this.timeoutMs = random.pick([2_000, 6_000, 10_000]);
    this.maxInFlight = random.integer(2, 6);
    this.healthyThreshold = random.integer(1, 5);
    this.unhealthyThreshold = random.integer(1, 4);
    this.attributes = randomAttributes(random);
    this.thresholds = randomThresholds(random);
    this.crossZone = random.chance(0.5);
  }

  /** Other settings, of those that may change while it runs. */
  change(random: SeededRandom): void {
    this.attributes = randomAttributes(random);
    this.thresholds = randomThresholds(random);
    this.healthyThreshold = random.integer(1, 5);
    this.unhealthyThreshold = random.integer(1, 4);
    this.crossZone = random.chance(0.5);
  }

  find(key: string): SimulatedTarget {
    const target = this.targets.find((each) => each.key === key);
    if (!target) throw new Error(`no target ${key}`);
    return target;
  }

  /** Those that the node of a zone sends to. */
  inScope(zone: string): SimulatedTarget[] {
    return this.targets.filter(({ target }) => this.crossZone || target.zone === zone || target.zone === "all");
  }

  isInUse({ target }: SimulatedTarget): boolean {
    return this.inUse && (target.zone === "all" || this.enabledZones.includes(target.zone ?? ""));
  }

  /** Counted from the names of the states alone. */
  zoneFailsOpen(zone: string, nameOf: (key: string) => TargetStateName): boolean {
    const names = this.inScope(zone)
      .map(({ key }) => nameOf(key))
      .filter((name) => name !== "unused" && name !== "draining");
    const healthy = names.filter((name) => name === "healthy").length;
    const { count, percentage } = this.thresholds.unhealthyStateRouting;
    const share = names.length === 0 ? 0 : (healthy / names.length) * 100;
    return (count !== "off" && healthy < count) || (percentage !== "off" && share < percentage);
  }

  /** Whether the node of some zone sends to this target because it fails open. */
  failsOpen(key: string, nameOf: (key: string) => TargetStateName): boolean {
    const { zone } = this.find(key).target;
    return this.enabledZones.some(
      (node) => (this.crossZone || zone === "all" || zone === node) && this.zoneFailsOpen(node, nameOf),
    );
  }
}

function randomAttributes(random: SeededRandom): GroupAttributes {
  return {
    connectionTerminationOnUnhealthy: random.chance(0.4),
    drainingIntervalMs: random.pick([0, 5_000, 60_000]),
    deregistrationDelayMs: random.pick([0, 10_000, 60_000]),
    terminateOnDeregistration: random.chance(0.5),
    passiveChecksEnabled: random.chance(0.5),
  };
}

function randomThresholds(random: SeededRandom): GroupThresholds {
  const minimum = () =>
    random.chance(0.5)
      ? ({ count: random.integer(1, 3), percentage: "off" } as const)
      : ({ count: "off", percentage: random.pick([1, 34, 50, 100]) } as const);
  return { unhealthyStateRouting: minimum(), dnsFailover: minimum() };
}
