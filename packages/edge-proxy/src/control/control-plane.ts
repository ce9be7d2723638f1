import { defaultSettings, initialState, isRegistered, step } from "@edgekit/health";
import type { ProbeFunction } from "@edgekit/health/monitor";
import type { Clock, Timer } from "../clock.ts";
import type { Carrier } from "../data/carrier.ts";
import type { LoadBalancer } from "../model/load-balancer.ts";
import { emptyModel, type Model, userOf } from "../model/model.ts";
import { type TargetGroup, targetKey } from "../model/target-group.ts";
import { buildRoutes, type StateOf } from "./build-routes.ts";
import { ByHand, type ByHandSetting } from "./by-hand.ts";
import { type ClientIpChoices, type ClientIpHost, chooseClientIp } from "./client-ip.ts";
import { describeTargetHealth, type TargetHealthDescription } from "./describe-target-health.ts";
import type { ExplainSnapshot } from "./explain.ts";
import { GroupHealth } from "./group-health.ts";
import type { HealthObserver } from "./health-observer.ts";
import { RouteMemory } from "./route-memory.ts";
import { withdrawnGroups } from "./withdrawn-groups.ts";

export interface ControlPlaneOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly dataPlane: Carrier;
  /** Multiplies every configured duration. */
  readonly timeScale: number;
  /** How a target is checked; undefined: by real checks. */
  readonly probe: ProbeFunction | undefined;
  readonly observer?: HealthObserver;
  /** What this machine can do to preserve client addresses. */
  readonly clientIpHost: ClientIpHost;
}

/** After a snapshot, the next one waits this many times as long as it took. */
const restFactor = 10;

/** Keeps the model, watches the targets, and gives the data plane the routes that follow from both. */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #health = new Map<string, GroupHealth>();
  readonly #routeMemory = new RouteMemory();
  readonly #byHand = new ByHand();
  #model: Model = emptyModel;
  #clientIp: ClientIpChoices = new Map();
  #publishing = false;
  #publishTimer: Timer | undefined;
  #nextPublishMs = Number.NEGATIVE_INFINITY;
  #changing: Promise<void> = Promise.resolve();

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
  }

  get model(): Model {
    return this.#model;
  }

  /** What an explanation is made from. */
  get snapshot(): Pick<ExplainSnapshot, "model" | "clientIp" | "stateOf"> {
    return { model: this.#byHand.inService(this.#model), clientIp: this.#clientIp, stateOf: this.#stateOf };
  }

  /** How client addresses are preserved. */
  get clientIp(): ClientIpChoices {
    return this.#clientIp;
  }

  /**
   * Changes the model. New listeners open first: if one cannot, everything stays as it was. Flows on listeners and targets that
   * stay are not touched; targets that go begin to drain. Changes are made one after the other.
   * @param edit makes a checked model from the current one; what it throws is passed on
   * @param commit awaited before the change is final; if it fails, the change is undone
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`, `EDGE_CLIENT_IP_UNAVAILABLE`
   */
  change(edit: (current: Model) => Model, commit?: (model: Model) => Promise<void>): Promise<void> {
    const changed = this.#changing.then(async () => {
      const before = this.#model;
      const model = edit(before);
      if (model === before) return;
      await this.#apply(model);
      try {
        await commit?.(model);
      } catch (error) {
        await this.#apply(before);
        throw error;
      }
    });
    this.#changing = changed.catch(() => {});
    return changed;
  }

  async #apply(model: Model): Promise<void> {
    const clientIp = await chooseClientIp(model, this.#options.clientIpHost);
    const { dataPlane, timeScale } = this.#options;
    const inService = this.#byHand.inService(model);
    await dataPlane.apply(buildRoutes(inService, clientIp, this.#stateOf, timeScale, this.#routeMemory));
    const withdrawn = withdrawnGroups(this.#model, model);
    this.#model = model;
    this.#clientIp = clientIp;
    for (const { loadBalancer, listenerPort, group } of withdrawn)
      dataPlane.withdraw(loadBalancer, listenerPort, group);
    this.#byHand.prune(model);
    for (const group of model.targetGroups) this.#watch(group, userOf(group, model));
    const gone = [...this.#health].filter(([name]) => !model.targetGroups.some((group) => group.name === name));
    for (const [name] of gone) this.#health.delete(name);
    this.#routeMemory.forget((name) => this.#health.has(name));
    await Promise.all(gone.map(([, { monitor }]) => monitor.close()));
    this.#publish();
  }

  /** The monitor of a target group. */
  health(group: string): GroupHealth["monitor"] | undefined {
    return this.#health.get(group)?.monitor;
  }

  /** What AWS's DescribeTargetHealth answers, draining targets included. @throws RangeError when there is no such group */
  describeTargetHealth(groupName: string): readonly TargetHealthDescription[] {
    const group = this.#group(groupName);
    const monitor = this.health(groupName);
    return monitor === undefined ? [] : describeTargetHealth(group, monitor);
  }

  /** What was decided about a target by hand. */
  byHand(group: string, key: string): ByHandSetting {
    return this.#byHand.of(group, key);
  }

  /** Decides about a target by hand. @throws RangeError when the model has no such target */
  setByHand(groupName: string, key: string, change: Partial<ByHandSetting>): void {
    const group = this.#group(groupName);
    const target = group.targets.find((candidate) => targetKey(candidate) === key);
    if (target === undefined) throw new RangeError(`target group '${groupName}' has no target '${key}'`);
    this.#byHand.set(groupName, key, change);
    const { drained, forced } = this.#byHand.of(groupName, key);
    const monitor = this.health(groupName);
    if (drained) {
      monitor?.deregister(key);
    } else {
      monitor?.register(target);
      monitor?.force(key, forced);
    }
    this.#publishSoon();
  }

  async close(): Promise<void> {
    if (this.#publishTimer !== undefined) this.#options.clock.clear(this.#publishTimer);
    await Promise.all([...this.#health.values()].map(({ monitor }) => monitor.close()));
  }

  /** @throws RangeError when the model has no such group */
  #group(name: string): TargetGroup {
    const group = this.#model.targetGroups.find((candidate) => candidate.name === name);
    if (group === undefined) throw new RangeError(`there is no target group '${name}'`);
    return group;
  }

  #watch(group: TargetGroup, user: LoadBalancer | undefined): void {
    const inService = this.#byHand.groupInService(group);
    const known = this.#health.get(group.name);
    if (known === undefined) this.#health.set(group.name, this.#begin(inService, user));
    else known.update(inService, user);
    const monitor = this.health(group.name);
    for (const target of inService.targets) {
      const key = targetKey(target);
      monitor?.force(key, this.#byHand.of(group.name, key).forced);
    }
  }

  #begin(group: TargetGroup, user: LoadBalancer | undefined): GroupHealth {
    const { clock, random, timeScale, probe, dataPlane, observer } = this.#options;
    return new GroupHealth(group, user, {
      clock,
      random,
      timeScale,
      probe,
      onEffect: (name, key, effect) => {
        if (effect.type !== "terminate") return;
        dataPlane.terminate(name, key, effect.cause === "deregistration" ? "deregistered" : "unhealthy");
      },
      onTransition: () => this.#publishSoon(),
      observer,
    });
  }

  /**
   * Publishes one snapshot for all transitions of a turn of the event loop. Where a snapshot takes long, as with thousands of
   * targets, the next one waits `restFactor` times as long, so that flows get most of the time.
   */
  #publishSoon(): void {
    if (this.#publishing) return;
    this.#publishing = true;
    const { clock } = this.#options;
    const publish = (): void => {
      this.#publishing = false;
      this.#publish();
    };
    const waitMs = this.#nextPublishMs - clock.now();
    if (waitMs > 0) this.#publishTimer = clock.setTimer(waitMs, publish);
    else queueMicrotask(publish);
  }

  #publish(): void {
    const { dataPlane, timeScale, clock } = this.#options;
    const startedMs = clock.now();
    const inService = this.#byHand.inService(this.#model);
    dataPlane.publish(buildRoutes(inService, this.#clientIp, this.#stateOf, timeScale, this.#routeMemory));
    const endedMs = clock.now();
    this.#nextPublishMs = endedMs + (endedMs - startedMs) * restFactor;
  }

  /** A target that is not watched yet counts as one that has just been registered. */
  readonly #stateOf: StateOf = (group, key) => {
    const monitor = this.#health.get(group)?.monitor;
    const state = monitor?.state(key);
    return state === undefined || !isRegistered(state) ? justRegistered : state;
  };
}

const justRegistered = step(initialState(), { type: "register" }, 0, defaultSettings).state;
