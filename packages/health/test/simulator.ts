import { type Effect, type GroupThresholds, isRoutable, type TargetState } from "../src/index.ts";
import {
  createHealthMonitor,
  type GroupAttributes,
  type HealthMonitor,
  type ProbeFunction,
  type ProbeResult,
  type Target,
  targetKey,
  VirtualClock,
} from "../src/monitor/index.ts";
import { SeededRandom } from "./random.ts";

/** How a scripted target behaves. `slow` answers well within the timeout, `silent` never. */
type Mood = "up" | "slow" | "refuses" | "silent";

interface SimulatedTarget {
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

interface Flow {
  readonly key: string;
  readonly startedAtMs: number;
}

/** What a run saw, for the test's own checks that the simulation is no empty exercise. */
export interface Coverage {
  readonly transitions: number;
  readonly flows: number;
  readonly terminated: number;
  readonly inconclusive: number;
  readonly failOpenTicks: number;
  readonly states: ReadonlySet<string>;
}

const TICK_MS = 1_000;
const FAULTY_TICKS = 240;

/** One seeded world: a group with its settings, its targets' moods and the flows through it. Throws when a promise breaks. */
export class Simulation {
  readonly #random: SeededRandom;
  readonly #clock = new VirtualClock();
  readonly #targets: SimulatedTarget[];
  readonly #zones: readonly string[];
  readonly #monitor: HealthMonitor;
  readonly #flows = new Set<Flow>();
  readonly #log: string[] = [];
  readonly #seen = { transitions: 0, flows: 0, terminated: 0, failOpenTicks: 0, states: new Set<string>() };
  readonly #maxInFlight: number;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #attributes: GroupAttributes;
  #thresholds: GroupThresholds;
  #healthyThreshold: number;
  #unhealthyThreshold: number;
  #crossZone: boolean;
  #enabledZones: readonly string[];
  #inUse = true;
  #running = 0;
  #broken: string | undefined;

  constructor(seed: number) {
    const random = new SeededRandom(seed);
    this.#random = random;
    this.#zones = ["a", "b", "c"].slice(0, random.integer(1, 3));
    this.#enabledZones = this.#zones;
    this.#targets = Array.from({ length: random.integer(1, 6) }, (_, index) => {
      const target = { id: "10.0.0.1", port: 1 + index, zone: random.chance(0.1) ? "all" : random.pick(this.#zones) };
      const key = targetKey(target);
      return { key, target, mood: "up", probes: 0, results: [], isBlameless: true, wantedIn: false };
    });
    this.#intervalMs = random.pick([5_000, 10_000, 30_000]);
    this.#timeoutMs = random.pick([2_000, 6_000, 10_000]);
    this.#maxInFlight = random.integer(2, 6);
    this.#healthyThreshold = random.integer(1, 5);
    this.#unhealthyThreshold = random.integer(1, 4);
    this.#attributes = this.#randomAttributes();
    this.#thresholds = this.#randomThresholds();
    this.#crossZone = random.chance(0.5);
    this.#monitor = createHealthMonitor({
      clock: this.#clock,
      random: random.next,
      maxInFlight: this.#maxInFlight,
      zones: this.#zones,
      healthCheck: {
        intervalMs: this.#intervalMs,
        timeoutMs: this.#timeoutMs,
        healthyThreshold: this.#healthyThreshold,
        unhealthyThreshold: this.#unhealthyThreshold,
      },
      attributes: this.#attributes,
      thresholds: this.#thresholds,
      crossZone: this.#crossZone,
      probe: (request) => this.#probe(request),
      onEffect: (key, effect) => this.#apply(key, effect),
    });
    this.#monitor.addEventListener("probe", ({ report }) => this.#count(report.key, report.result));
    this.#monitor.addEventListener("transition", ({ transition: { key, from, to } }) => {
      this.#seen.transitions += 1;
      this.#seen.states.add(to.name);
      this.#say(`${key}: ${from.name} → ${to.name}`);
      this.#checkTransition(key, from, to);
    });
  }

  /** The last things that happened, for a failing seed. */
  get log(): readonly string[] {
    return this.#log.slice(-40);
  }

  async run(): Promise<Coverage> {
    for (const target of this.#targets) if (this.#random.chance(0.8)) this.#register(target);
    for (let tick = 0; tick < FAULTY_TICKS; tick++) {
      this.#disturb();
      await this.#tick();
    }
    await this.#recover();
    await this.#monitor.close();
    this.#check(this.#clock.pending === 0, "close leaves a timer behind");
    this.#throwIfBroken();
    return { ...this.#seen, inconclusive: this.#monitor.statistics().inconclusive };
  }

  // ---- faults ----

  #disturb(): void {
    const random = this.#random;
    const target = random.pick(this.#targets);
    if (random.chance(0.1)) {
      target.mood = random.pick<Mood>(["up", "up", "slow", "refuses", "silent"]);
      this.#say(`${target.key} is ${target.mood}`);
    }
    if (random.chance(0.01)) this.#deregister(target);
    if (random.chance(0.03)) this.#register(target);
    if (random.chance(0.02) && target.mood !== "up") {
      target.isBlameless = false;
      if (this.#attributes.passiveChecksEnabled && this.#monitor.state(target.key).name === "healthy") {
        target.results.push("failed");
      }
      this.#monitor.passiveFailure(target.key);
    }
    if (random.chance(0.01))
      this.#setUse(random.chance(0.7), random.chance(0.7) ? this.#zones : [random.pick(this.#zones)]);
    if (random.chance(0.01)) this.#changeSettings();
    if (random.chance(0.01)) {
      const ms = random.integer(100, 30_000);
      this.#say(`our event loop stands still for ${ms} ms`);
      this.#clock.stall(ms);
    }
  }

  #register(target: SimulatedTarget): void {
    const { name } = this.#monitor.state(target.key);
    if (!target.wantedIn) this.#say(`register ${target.key}, which is ${name}`);
    target.wantedIn = true;
    this.#monitor.register(target.target);
  }

  #deregister(target: SimulatedTarget): void {
    if (target.wantedIn) this.#say(`deregister ${target.key}`);
    target.wantedIn = false;
    this.#monitor.deregister(target.key);
  }

  #setUse(inUse: boolean, zones: readonly string[]): void {
    this.#say(inUse ? `in use, zones ${zones}` : "not in use");
    this.#inUse = inUse;
    this.#enabledZones = zones;
    this.#monitor.setZones(zones);
    this.#monitor.setInUse(inUse);
  }

  #changeSettings(): void {
    this.#attributes = this.#randomAttributes();
    this.#thresholds = this.#randomThresholds();
    this.#healthyThreshold = this.#random.integer(1, 5);
    this.#unhealthyThreshold = this.#random.integer(1, 4);
    this.#crossZone = this.#random.chance(0.5);
    this.#say("settings change");
    this.#monitor.updateSettings({
      healthCheck: { healthyThreshold: this.#healthyThreshold, unhealthyThreshold: this.#unhealthyThreshold },
      attributes: this.#attributes,
      thresholds: this.#thresholds,
      crossZone: this.#crossZone,
    });
  }

  #randomAttributes(): GroupAttributes {
    const random = this.#random;
    return {
      connectionTerminationOnUnhealthy: random.chance(0.4),
      drainingIntervalMs: random.pick([0, 5_000, 60_000]),
      deregistrationDelayMs: random.pick([0, 10_000, 60_000]),
      terminateOnDeregistration: random.chance(0.5),
      passiveChecksEnabled: random.chance(0.5),
    };
  }

  #randomThresholds(): GroupThresholds {
    const minimum = () =>
      this.#random.chance(0.5)
        ? ({ count: this.#random.integer(1, 3), percentage: "off" } as const)
        : ({ count: "off", percentage: this.#random.pick([1, 34, 50, 100]) } as const);
    return { unhealthyStateRouting: minimum(), dnsFailover: minimum() };
  }

  // ---- the world ----

  readonly #probe: ProbeFunction = ({ target, signal }) => {
    const simulated = this.#find(targetKey(target));
    this.#check(simulated.probes === 0, `two probes of ${simulated.key} overlap`);
    this.#check(this.#running < this.#maxInFlight, "too many probes in flight");
    const { mood } = simulated;
    if (mood === "refuses" || mood === "silent") simulated.isBlameless = false;
    if (mood === "up") return { outcome: "ok" };
    if (mood === "refuses") return { outcome: "failed", failure: "failed", detail: "refused", certain: true };
    simulated.probes += 1;
    this.#running += 1;
    return new Promise<ProbeResult>((resolve) => {
      const end = (result: ProbeResult): void => {
        simulated.probes -= 1;
        this.#running -= 1;
        resolve(result);
      };
      const aborted = (): void => {
        if (timer) this.#clock.clear(timer);
        end({ outcome: "failed", failure: "failed", detail: "aborted" });
      };
      const timer =
        mood === "slow"
          ? this.#clock.setTimer(this.#timeoutMs * 0.5, () => {
              signal.removeEventListener("abort", aborted);
              end({ outcome: "ok" });
            })
          : undefined;
      signal.addEventListener("abort", aborted, { once: true });
    });
  };

  #apply(key: string, effect: Effect): void {
    if (effect.type !== "terminate") return;
    const { connectionTerminationOnUnhealthy, terminateOnDeregistration } = this.#attributes;
    const isAllowed = {
      unhealthy: connectionTerminationOnUnhealthy && !this.#failsOpen(key),
      "draining-interval": !this.#failsOpen(key),
      "unhealthy-while-draining": connectionTerminationOnUnhealthy,
      deregistration: terminateOnDeregistration,
    };
    this.#check(isAllowed[effect.cause], `${key} is terminated for ${effect.cause}`);
    for (const flow of this.#flows) {
      if (flow.key !== key) continue;
      this.#flows.delete(flow);
      this.#seen.terminated += 1;
    }
  }

  /** A new flow arrives at the node of some zone. */
  #openFlow(): void {
    if (!this.#inUse) return;
    const zone = this.#random.pick(this.#enabledZones);
    const failOpen = this.#monitor.verdicts().get(zone)?.failOpen ?? false;
    const inScope = this.#targets.filter(
      ({ target }) => this.#crossZone || target.zone === zone || target.zone === "all",
    );
    const eligible = inScope.filter(({ key }) => isRoutable(this.#monitor.state(key), failOpen));
    if (eligible.length === 0) return;
    const { key } = this.#random.pick(eligible);
    const { name } = this.#monitor.state(key);
    this.#check(name !== "draining" && name !== "unused", `a new flow goes to ${key}, which is ${name}`);
    this.#check(failOpen || name === "healthy", `a new flow goes to ${key}, which is ${name}, without fail-open`);
    this.#flows.add({ key, startedAtMs: this.#clock.now() });
    this.#seen.flows += 1;
  }

  async #tick(): Promise<void> {
    await this.#clock.advanceAsync(TICK_MS);
    this.#openFlow();
    for (const flow of this.#flows) if (this.#random.chance(0.02)) this.#flows.delete(flow);
    this.#checkSafety();
    this.#throwIfBroken();
  }

  // ---- promises ----

  #checkSafety(): void {
    const nowMs = this.#clock.now();
    const { connectionTerminationOnUnhealthy, drainingIntervalMs, deregistrationDelayMs } = this.#attributes;
    for (const [key, state] of this.#monitor.states()) {
      for (const count of [
        ("failures" in state && state.failures) || 0,
        ("successes" in state && state.successes) || 0,
      ]) {
        this.#check(Number.isInteger(count) && count >= 0 && count < 5, `${key} counts ${count}`);
      }
      if (state.name === "unhealthy.draining") {
        this.#check(!connectionTerminationOnUnhealthy, `${key} is unhealthy.draining in a group that terminates`);
        this.#check(nowMs < state.sinceMs + drainingIntervalMs, `${key} is unhealthy.draining for too long`);
      }
      if (state.name === "draining") {
        this.#check(nowMs < state.sinceMs + deregistrationDelayMs, `${key} is draining for too long`);
      }
      this.#check(
        (state.name === "unused") === !this.#isInUse(this.#find(key)) || state.name === "draining",
        `${key} in use`,
      );
    }
    for (const zone of this.#enabledZones) {
      const { failOpen } = this.#naiveVerdict(zone);
      this.#check(
        this.#monitor.verdicts().get(zone)?.failOpen === failOpen,
        `fail-open of zone ${zone} is not ${failOpen}`,
      );
      if (failOpen) this.#seen.failOpenTicks += 1;
    }
    this.#check(this.#monitor.statistics().inFlight <= this.#maxInFlight, "too many probes in flight");
  }

  #checkTransition(key: string, from: TargetState, to: TargetState): void {
    const { results, isBlameless } = this.#find(key);
    if (to.name === "unhealthy" || to.name === "unhealthy.draining") {
      this.#check(!isBlameless, `${key} never failed and is ${to.name}`);
      if (from.name === "healthy" || from.name === "initial") {
        const last = results.slice(-this.#unhealthyThreshold);
        this.#check(
          last.length === this.#unhealthyThreshold && last.every((result) => result === "failed"),
          `${key} is ${to.name} after ${last}`,
        );
        if (to.name === "unhealthy" && this.#attributes.connectionTerminationOnUnhealthy && !this.#failsOpen(key)) {
          this.#check(![...this.#flows].some((flow) => flow.key === key), `${key} is unhealthy and keeps flows`);
        }
      }
    }
    if (to.name === "healthy" && from.name !== "initial") {
      const last = results.slice(-this.#healthyThreshold);
      this.#check(
        last.length === this.#healthyThreshold && last.every((result) => result === "ok"),
        `${key} is healthy after ${last}`,
      );
    }
    if (to.name === "initial" && from.name !== "initial") this.#find(key).results = [];
  }

  /** Faults stop: every target must be healthy within its thresholds and intervals, and get the flows. */
  async #recover(): Promise<void> {
    this.#say("faults stop");
    for (const target of this.#targets) {
      target.mood = "up";
      this.#register(target);
    }
    this.#setUse(true, this.#zones);
    const boundMs = (this.#healthyThreshold + 2) * this.#intervalMs * 1.05 + this.#timeoutMs + 1_000;
    for (let ms = 0; ms < boundMs; ms += TICK_MS) await this.#tick();
    for (const { key } of this.#targets) {
      const { name } = this.#monitor.state(key);
      this.#check(name === "healthy", `${key} is still ${name} ${boundMs} ms after the last fault`);
    }
    this.#flows.clear();
    for (let i = 0; i < 10; i++) this.#openFlow();
    const known = new Set(this.#targets.map(({ key }) => key));
    for (const key of this.#monitor.states().keys())
      this.#check(known.has(key), `${key} is known and nobody registered it`);
  }

  #count(key: string, { outcome }: ProbeResult): void {
    if (outcome !== "inconclusive") this.#find(key).results.push(outcome);
  }

  #isInUse({ target }: SimulatedTarget): boolean {
    return this.#inUse && (target.zone === "all" || this.#enabledZones.includes(target.zone ?? ""));
  }

  #failsOpen(key: string): boolean {
    const { zone } = this.#find(key).target;
    return this.#enabledZones.some(
      (node) => (this.#crossZone || zone === "all" || zone === node) && this.#naiveVerdict(node).failOpen,
    );
  }

  /** Counted again, from the names of the states alone. */
  #naiveVerdict(zone: string): { readonly failOpen: boolean } {
    const names = this.#targets
      .filter(({ target }) => this.#crossZone || target.zone === zone || target.zone === "all")
      .map(({ key }) => this.#monitor.state(key).name)
      .filter((name) => name !== "unused" && name !== "draining");
    const healthy = names.filter((name) => name === "healthy").length;
    const { count, percentage } = this.#thresholds.unhealthyStateRouting;
    const share = names.length === 0 ? 0 : (healthy / names.length) * 100;
    return {
      failOpen: (count !== "off" && healthy < count) || (percentage !== "off" && share < percentage),
    };
  }

  #find(key: string): SimulatedTarget {
    const target = this.#targets.find((each) => each.key === key);
    if (!target) throw new Error(`no target ${key}`);
    return target;
  }

  /** Notes the first broken promise; the tick throws it. A throw in a callback would be the monitor's to deal with. */
  #check(holds: boolean, otherwise: string): void {
    if (holds || this.#broken !== undefined) return;
    this.#broken = otherwise;
    this.#say(`BROKEN: ${otherwise}`);
  }

  #throwIfBroken(): void {
    if (this.#broken !== undefined) throw new Error(this.#broken);
  }

  #say(line: string): void {
    this.#log.push(`${(this.#clock.now() / 1_000).toFixed(3)} s  ${line}`);
  }
}
