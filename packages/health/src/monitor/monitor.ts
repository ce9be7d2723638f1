import { describeTargetHealth, type TargetHealth } from "../describe.ts";
import { type Effect, effectsInFailOpen } from "../effect.ts";
import { HealthError } from "../error.ts";
import type { Use } from "../event.ts";
import { ALL_ZONES, evaluateZones, type GroupVerdict } from "../group.ts";
import { initialState, type TargetState } from "../state.ts";
import { LoopWatch } from "./loop-watch.ts";
import { type MonitorEvents, type MonitorListener, ProbeEvent, TransitionEvent } from "./monitor-event.ts";
import {
  type MonitorOptions,
  type MonitorSettings,
  type ResolvedOptions,
  type ResolvedSettings,
  resolveOptions,
  resolveSettings,
} from "./options.ts";
import { Pace } from "./pace.ts";
import type { ProbeResult } from "./probe.ts";
import { ProbeLimit } from "./probe-limit.ts";
import { checkTarget, type Target, targetKey } from "./target.ts";
import { TargetWatch, type WatchContext } from "./target-watch.ts";

/** One row of `HealthMonitor.describe`. */
export interface TargetDescription {
  readonly key: string;
  readonly target: Target;
  readonly state: TargetState;
  /** What DescribeTargetHealth answers for this state. */
  readonly health: TargetHealth;
  /** What the last probe found; `undefined` before the first. */
  readonly lastProbe: ProbeResult | undefined;
}

/** Probes counted by outcome since the monitor was made, and how busy it is now. */
export interface MonitorStatistics {
  readonly ok: number;
  readonly failed: number;
  readonly inconclusive: number;
  /** Probes that run now; never above `maxInFlight`. */
  readonly inFlight: number;
  /** Probes that are due and wait for a place. */
  readonly waiting: number;
}

/**
 * Watches the targets of one group: a clock, probes and the state machine.
 *
 * States are read synchronously; changes are told through `onEffect` and the events `"transition"` and `"probe"`. For an
 * async iterator, use `on(monitor, "transition")` of `node:events`.
 */
export class HealthMonitor extends EventTarget implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #onEffect: MonitorOptions["onEffect"];
  readonly #limit: ProbeLimit<TargetWatch>;
  readonly #context: WatchContext;
  readonly #watches = new Map<string, TargetWatch>();
  readonly #counts = { ok: 0, failed: 0, inconclusive: 0 };
  #settings: ResolvedSettings;
  #inUse: boolean;
  #zones: readonly string[] | undefined;
  /** Until something changes that they are made from: whoever routes or answers DNS asks often, of thousands of targets. */
  #verdicts: ReadonlyMap<string, GroupVerdict> | undefined;
  #isClosed = false;

  /** @throws {HealthError} as `createHealthMonitor`. */
  constructor(options: MonitorOptions = {}) {
    super();
    this.#options = resolveOptions(options);
    this.#settings = resolveSettings(options);
    this.#onEffect = options.onEffect;
    this.#limit = new ProbeLimit(this.#options.maxInFlight);
    this.#inUse = options.inUse ?? true;
    this.#zones = options.zones;
    this.#context = {
      options: this.#options,
      loop: new LoopWatch(this.#options.clock),
      limit: this.#limit,
      pace: new Pace(this.#options.random, this.#options.jitter),
      settings: () => this.#settings,
      onStep: (watch, from, effects) => this.#stepped(watch, from, effects),
      onProbe: (_watch, report) => {
        this.#counts[report.result.outcome] += 1;
        this.dispatchEvent(new ProbeEvent(report));
      },
    };
  }

  /**
   * RegisterTargets, for one target. Takes a draining target back; for a registered one only its zone and address are new.
   * @returns the target's key.
   * @throws {HealthError} `HEALTH_INVALID_TARGET`, `HEALTH_CLOSED`.
   */
  register(target: Target): string {
    this.#checkOpen();
    checkTarget(target);
    const key = targetKey(target);
    const watch = this.#watches.get(key) ?? new TargetWatch(target, this.#context);
    watch.target = target;
    this.#watches.set(key, watch);
    this.#verdicts = undefined;
    watch.dispatch({ type: "register", use: this.#use(target) });
    return key;
  }

  /** DeregisterTargets, for one target. Returns false for a key that is not known. */
  deregister(key: string): boolean {
    this.#checkOpen();
    const watch = this.#watches.get(key);
    watch?.dispatch({ type: "deregister" });
    return watch !== undefined;
  }

  /** Whether a listener uses the group. Targets of a group that none uses are `unused` and not checked. */
  setInUse(inUse: boolean): void {
    this.#checkOpen();
    this.#inUse = inUse;
    this.#useChanged();
  }

  /** The load balancer's enabled zones; `undefined`: all. Targets in another zone are `unused` and not checked. */
  setZones(zones: readonly string[] | undefined): void {
    this.#checkOpen();
    this.#zones = zones;
    this.#verdicts = undefined;
    this.#useChanged();
  }

  /**
   * Changes settings while running. No count is lost, and a draining target's deadline moves with its setting.
   * @throws {HealthError} as `createHealthMonitor`; nothing has changed then.
   */
  updateSettings(change: MonitorSettings): void {
    this.#checkOpen();
    const before = this.#settings;
    this.#settings = resolveSettings(change, before);
    this.#verdicts = undefined;
    const isRescheduled = this.#settings.healthCheck.intervalMs !== before.healthCheck.intervalMs;
    for (const watch of [...this.#watches.values()]) {
      watch.dispatch({ type: "settings-changed" });
      if (isRescheduled) watch.reschedule();
    }
  }

  /** Live traffic to a target failed: one failure of a healthy target. Without effect while passive checks are off. */
  passiveFailure(key: string): void {
    this.#checkOpen();
    this.#watches.get(key)?.dispatch({ type: "passive-failure" });
  }

  /**
   * For tests: from its next probe on, the target passes or fails without being asked; `undefined` ends that. Interval
   * and thresholds stay in force. Returns false for a key that is not known.
   */
  force(key: string, result: "pass" | "fail" | undefined): boolean {
    const watch = this.#watches.get(key);
    if (watch) watch.forced = result;
    return watch !== undefined;
  }

  /** The state of every target, draining ones included, as of now. */
  states(): ReadonlyMap<string, TargetState> {
    return new Map([...this.#watches].map(([key, watch]) => [key, watch.state]));
  }

  /** The state of one target; of a key that is not known, `unused` with `Target.NotRegistered`. */
  state(key: string): TargetState {
    return this.#watches.get(key)?.state ?? initialState();
  }

  /** What DescribeTargetHealth answers, for every target. */
  describe(): readonly TargetDescription[] {
    return [...this.#watches.values()].map(({ key, target, state, lastProbe }) => ({
      key,
      target,
      state,
      health: describeTargetHealth(state),
      lastProbe,
    }));
  }

  /**
   * The group's verdicts in each enabled zone. Without zones anywhere, the one zone is `ALL_ZONES`.
   * @returns the same map until a target, its state or a setting has changed.
   */
  verdicts(): ReadonlyMap<string, GroupVerdict> {
    this.#verdicts ??= this.#evaluate();
    return this.#verdicts;
  }

  /** Counters for metrics. */
  statistics(): MonitorStatistics {
    return { ...this.#counts, inFlight: this.#limit.running.size, waiting: this.#limit.waiting };
  }

  /** Stops all probes and timers. Resolves when every probe has let go of its socket. States stay readable. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const watch of this.#watches.values()) watch.close();
    await Promise.all([...this.#limit.running].map((watch) => watch.settled));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `"transition"`: a state or reason has changed. `"probe"`: a probe has its result. */
  override addEventListener<Name extends keyof MonitorEvents>(
    type: Name,
    listener: MonitorListener<Name>,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void {
    super.addEventListener(type, listener as MonitorListener<string>, options);
  }

  override removeEventListener<Name extends keyof MonitorEvents>(
    type: Name,
    listener: MonitorListener<Name>,
    options?: Parameters<EventTarget["removeEventListener"]>[2],
  ): void {
    super.removeEventListener(type, listener as MonitorListener<string>, options);
  }

  #stepped(watch: TargetWatch, from: TargetState, effects: readonly Effect[]): void {
    const { key, target, state: to } = watch;
    const isGone = to.name === "unused" && to.reason === "Target.NotRegistered";
    if (isGone) this.#watches.delete(key);
    // A verdict depends on names of states only, and a healthy target's checks change none.
    if (isGone || from.name !== to.name) this.#verdicts = undefined;
    const isTerminating = effects.some(({ type }) => type === "terminate");
    for (const effect of isTerminating && this.#failsOpen(target) ? effectsInFailOpen(effects) : effects) {
      this.#tell(key, effect, target);
    }
    if (isTransition(from, to)) {
      this.dispatchEvent(new TransitionEvent({ key, target, from, to, atMs: this.#options.clock.now() }));
    }
  }

  #tell(key: string, effect: Effect, target: Target): void {
    try {
      this.#onEffect?.(key, effect, target);
    } catch (error) {
      // As for an event listener: the caller's bug is loud, and the schedule is not torn.
      process.nextTick(() => {
        throw error;
      });
    }
  }

  #evaluate(): ReadonlyMap<string, GroupVerdict> {
    const watches = [...this.#watches.values()];
    const members = watches.map(({ target, state }) => ({ zone: zoneOf(target), state }));
    const { thresholds, crossZone } = this.#settings;
    return evaluateZones(members, thresholds, { zones: this.#enabledZones(), crossZone });
  }

  /** Whether a node that sends to this target fails open. */
  #failsOpen(target: Target): boolean {
    const zone = zoneOf(target);
    return [...this.verdicts()].some(
      ([name, { failOpen }]) => failOpen && (this.#settings.crossZone || zone === ALL_ZONES || zone === name),
    );
  }

  #useChanged(): void {
    for (const watch of [...this.#watches.values()]) watch.dispatch({ type: "use", use: this.#use(watch.target) });
  }

  #use(target: Target): Use {
    if (!this.#inUse) return "group-not-in-use";
    const zone = zoneOf(target);
    if (this.#zones === undefined || zone === ALL_ZONES || this.#zones.includes(zone)) return "in-use";
    return "zone-not-enabled";
  }

  #enabledZones(): readonly string[] {
    if (this.#zones) return this.#zones;
    const zones = new Set([...this.#watches.values()].map(({ target }) => zoneOf(target)));
    if (zones.size > 1) zones.delete(ALL_ZONES);
    return zones.size > 0 ? [...zones] : [ALL_ZONES];
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new HealthError("HEALTH_CLOSED", "this monitor is closed");
  }
}

/**
 * Makes a monitor. It does nothing until a target is registered, and keeps the process alive from then until `close`.
 * @throws {HealthError} `HEALTH_INVALID_SETTING`, `HEALTH_INVALID_MATCHER`, `HEALTH_INVALID_THRESHOLD`.
 */
export function createHealthMonitor(options: MonitorOptions = {}): HealthMonitor {
  return new HealthMonitor(options);
}

function zoneOf(target: Target): string {
  return target.zone ?? ALL_ZONES;
}

function isTransition(from: TargetState, to: TargetState): boolean {
  const a = describeTargetHealth(from);
  const b = describeTargetHealth(to);
  return a.State !== b.State || a.Description !== b.Description;
}
