import { type Effect, isRoutable } from "../src/index.ts";
import {
  createHealthMonitor,
  type HealthMonitor,
  type ProbeFunction,
  type ProbeResult,
  targetKey,
  VirtualClock,
} from "../src/monitor/index.ts";
import { SeededRandom } from "./random.ts";
import { type Mood, SimulatedGroup, type SimulatedTarget } from "./simulated-group.ts";
import { SimulatedPromises } from "./simulated-promises.ts";

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

/** One seeded world: a group, its targets' moods, faults, and the flows through it. Throws when a promise breaks. */
export class Simulation {
  readonly #random: SeededRandom;
  readonly #clock = new VirtualClock();
  readonly #group: SimulatedGroup;
  readonly #promises: SimulatedPromises;
  readonly #monitor: HealthMonitor;
  readonly #flows = new Set<Flow>();
  readonly #log: string[] = [];
  readonly #seen = { transitions: 0, flows: 0, terminated: 0, failOpenTicks: 0, states: new Set<string>() };
  #running = 0;

  constructor(seed: number) {
    const random = new SeededRandom(seed);
    this.#random = random;
    this.#group = new SimulatedGroup(random);
    this.#promises = new SimulatedPromises(
      this.#group,
      () => this.#monitor,
      (line) => this.#say(line),
    );
    const { intervalMs, timeoutMs, healthyThreshold, unhealthyThreshold } = this.#group;
    this.#monitor = createHealthMonitor({
      clock: this.#clock,
      random: random.next,
      maxInFlight: this.#group.maxInFlight,
      zones: this.#group.zones,
      healthCheck: { intervalMs, timeoutMs, healthyThreshold, unhealthyThreshold },
      attributes: this.#group.attributes,
      thresholds: this.#group.thresholds,
      crossZone: this.#group.crossZone,
      probe: (request) => this.#probe(request),
      onEffect: (key, effect) => this.#apply(key, effect),
    });
    this.#monitor.addEventListener("probe", ({ report }) => this.#count(report.key, report.result));
    this.#monitor.addEventListener("transition", ({ transition: { key, from, to } }) => {
      this.#seen.transitions += 1;
      this.#seen.states.add(to.name);
      this.#say(`${key}: ${from.name} → ${to.name}`);
      this.#promises.checkTransition(key, from, to, this.#flowsTo(key).length);
      if (to.name === "initial" && from.name !== "initial") this.#group.find(key).results = [];
    });
  }

  /** The last things that happened, for a failing seed. */
  get log(): readonly string[] {
    return this.#log.slice(-40);
  }

  async run(): Promise<Coverage> {
    for (const target of this.#group.targets) if (this.#random.chance(0.8)) this.#register(target);
    for (let tick = 0; tick < FAULTY_TICKS; tick++) {
      this.#disturb();
      await this.#tick();
    }
    await this.#recover();
    await this.#monitor.close();
    this.#promises.check(this.#clock.pending === 0, "close leaves a timer behind");
    this.#promises.throwIfBroken();
    return { ...this.#seen, inconclusive: this.#monitor.statistics().inconclusive };
  }

  #disturb(): void {
    const random = this.#random;
    const target = random.pick(this.#group.targets);
    if (random.chance(0.1)) {
      target.mood = random.pick<Mood>(["up", "up", "slow", "refuses", "silent"]);
      this.#say(`${target.key} is ${target.mood}`);
    }
    if (random.chance(0.01)) this.#deregister(target);
    if (random.chance(0.03)) this.#register(target);
    if (random.chance(0.02) && target.mood !== "up") {
      target.isBlameless = false;
      if (this.#group.attributes.passiveChecksEnabled && this.#monitor.state(target.key).name === "healthy") {
        target.results.push("failed");
      }
      this.#monitor.passiveFailure(target.key);
    }
    if (random.chance(0.01))
      this.#setUse(random.chance(0.7), random.chance(0.7) ? this.#group.zones : [random.pick(this.#group.zones)]);
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
    this.#group.inUse = inUse;
    this.#group.enabledZones = zones;
    this.#monitor.setZones(zones);
    this.#monitor.setInUse(inUse);
  }

  #changeSettings(): void {
    this.#group.change(this.#random);
    this.#say("settings change");
    const { healthyThreshold, unhealthyThreshold, attributes, thresholds, crossZone } = this.#group;
    this.#monitor.updateSettings({
      healthCheck: { healthyThreshold, unhealthyThreshold },
      attributes,
      thresholds,
      crossZone,
    });
  }

  readonly #probe: ProbeFunction = ({ target, signal }) => {
    const simulated = this.#group.find(targetKey(target));
    this.#promises.check(simulated.probes === 0, `two probes of ${simulated.key} overlap`);
    this.#promises.check(this.#running < this.#group.maxInFlight, "too many probes in flight");
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
          ? this.#clock.setTimer(this.#group.timeoutMs * 0.5, () => {
              signal.removeEventListener("abort", aborted);
              end({ outcome: "ok" });
            })
          : undefined;
      signal.addEventListener("abort", aborted, { once: true });
    });
  };

  #apply(key: string, effect: Effect): void {
    if (effect.type !== "terminate") return;
    this.#promises.checkTermination(key, effect.cause);
    for (const flow of this.#flowsTo(key)) {
      this.#flows.delete(flow);
      this.#seen.terminated += 1;
    }
  }

  /** A new flow arrives at the node of some zone. */
  #openFlow(): void {
    if (!this.#group.inUse) return;
    const zone = this.#random.pick(this.#group.enabledZones);
    const failOpen = this.#monitor.verdicts().get(zone)?.failOpen ?? false;
    const eligible = this.#group.inScope(zone).filter(({ key }) => isRoutable(this.#monitor.state(key), failOpen));
    if (eligible.length === 0) return;
    const { key } = this.#random.pick(eligible);
    this.#promises.checkNewFlow(key, failOpen);
    this.#flows.add({ key, startedAtMs: this.#clock.now() });
    this.#seen.flows += 1;
  }

  #flowsTo(key: string): Flow[] {
    return [...this.#flows].filter((flow) => flow.key === key);
  }

  async #tick(): Promise<void> {
    await this.#clock.advanceAsync(TICK_MS);
    this.#openFlow();
    for (const flow of this.#flows) if (this.#random.chance(0.02)) this.#flows.delete(flow);
    this.#seen.failOpenTicks += this.#promises.checkTick(this.#clock.now());
    this.#promises.throwIfBroken();
  }

  /** Faults stop: every target must be healthy within its thresholds and intervals, and get the flows. */
  async #recover(): Promise<void> {
    this.#say("faults stop");
    for (const target of this.#group.targets) {
      target.mood = "up";
      this.#register(target);
    }
    this.#setUse(true, this.#group.zones);
    const { healthyThreshold, intervalMs, timeoutMs } = this.#group;
    const boundMs = (healthyThreshold + 2) * intervalMs * 1.05 + timeoutMs + 1_000;
    for (let ms = 0; ms < boundMs; ms += TICK_MS) await this.#tick();
    this.#promises.checkRecovered(boundMs);
    this.#flows.clear();
    for (let i = 0; i < 10; i++) this.#openFlow();
  }

  #count(key: string, { outcome }: ProbeResult): void {
    if (outcome !== "inconclusive") this.#group.find(key).results.push(outcome);
  }

  #say(line: string): void {
    this.#log.push(`${(this.#clock.now() / 1_000).toFixed(3)} s  ${line}`);
  }
}
