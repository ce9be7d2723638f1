import type { Effect, TargetState, TargetStateName } from "../src/index.ts";
import type { HealthMonitor } from "../src/monitor/index.ts";
import type { SimulatedGroup } from "./simulated-group.ts";

type Cause = Extract<Effect, { type: "terminate" }>["cause"];

/** What a monitor promises about its group, checked by counting. The first promise that breaks is kept until a tick throws it. */
export class SimulatedPromises {
  readonly #group: SimulatedGroup;
  readonly #monitor: () => HealthMonitor;
  readonly #say: (line: string) => void;
  #broken: string | undefined;

  constructor(group: SimulatedGroup, monitor: () => HealthMonitor, say: (line: string) => void) {
    this.#group = group;
    this.#monitor = monitor;
    this.#say = say;
  }

  /** Notes what breaks a promise. A throw in a callback would be the monitor's to deal with. */
  check(holds: boolean, otherwise: string): void {
    if (holds || this.#broken !== undefined) return;
    this.#broken = otherwise;
    this.#say(`BROKEN: ${otherwise}`);
  }

  throwIfBroken(): void {
    if (this.#broken !== undefined) throw new Error(this.#broken);
  }

  /** @returns in how many zones the group fails open */
  checkTick(nowMs: number): number {
    const { connectionTerminationOnUnhealthy, drainingIntervalMs, deregistrationDelayMs } = this.#group.attributes;
    for (const [key, state] of this.#monitor().states()) {
      for (const count of [
        ("failures" in state && state.failures) || 0,
        ("successes" in state && state.successes) || 0,
      ]) {
        this.check(Number.isInteger(count) && count >= 0 && count < 5, `${key} counts ${count}`);
      }
      if (state.name === "unhealthy.draining") {
        this.check(!connectionTerminationOnUnhealthy, `${key} is unhealthy.draining in a group that terminates`);
        this.check(nowMs < state.sinceMs + drainingIntervalMs, `${key} is unhealthy.draining for too long`);
      }
      if (state.name === "draining") {
        this.check(nowMs < state.sinceMs + deregistrationDelayMs, `${key} is draining for too long`);
      }
      this.check(
        (state.name === "unused") === !this.#group.isInUse(this.#group.find(key)) || state.name === "draining",
        `${key} in use`,
      );
    }
    let failOpenZones = 0;
    for (const zone of this.#group.enabledZones) {
      const failOpen = this.#group.zoneFailsOpen(zone, this.#nameOf);
      this.check(
        this.#monitor().verdicts().get(zone)?.failOpen === failOpen,
        `fail-open of zone ${zone} is not ${failOpen}`,
      );
      if (failOpen) failOpenZones += 1;
    }
    this.check(this.#monitor().statistics().inFlight <= this.#group.maxInFlight, "too many probes in flight");
    return failOpenZones;
  }

  /** @param flows how many flows the target has */
  checkTransition(key: string, from: TargetState, to: TargetState, flows: number): void {
    const { healthyThreshold, unhealthyThreshold, attributes } = this.#group;
    const { results, isBlameless } = this.#group.find(key);
    if (to.name === "unhealthy" || to.name === "unhealthy.draining") {
      this.check(!isBlameless, `${key} never failed and is ${to.name}`);
      if (from.name === "healthy" || from.name === "initial") {
        const last = results.slice(-unhealthyThreshold);
        this.check(
          last.length === unhealthyThreshold && last.every((result) => result === "failed"),
          `${key} is ${to.name} after ${last}`,
        );
        if (to.name === "unhealthy" && attributes.connectionTerminationOnUnhealthy && !this.#failsOpen(key)) {
          this.check(flows === 0, `${key} is unhealthy and keeps flows`);
        }
      }
    }
    if (to.name === "healthy" && from.name !== "initial") {
      const last = results.slice(-healthyThreshold);
      this.check(
        last.length === healthyThreshold && last.every((result) => result === "ok"),
        `${key} is healthy after ${last}`,
      );
    }
  }

  /** Flows to a target are ended for this reason. */
  checkTermination(key: string, cause: Cause): void {
    const { connectionTerminationOnUnhealthy, terminateOnDeregistration } = this.#group.attributes;
    const isAllowed = {
      unhealthy: connectionTerminationOnUnhealthy && !this.#failsOpen(key),
      "draining-interval": !this.#failsOpen(key),
      "unhealthy-while-draining": connectionTerminationOnUnhealthy,
      deregistration: terminateOnDeregistration,
    };
    this.check(isAllowed[cause], `${key} is terminated for ${cause}`);
  }

  /** A new flow goes to this target. */
  checkNewFlow(key: string, failOpen: boolean): void {
    const name = this.#nameOf(key);
    this.check(name !== "draining" && name !== "unused", `a new flow goes to ${key}, which is ${name}`);
    this.check(failOpen || name === "healthy", `a new flow goes to ${key}, which is ${name}, without fail-open`);
  }

  /** Faults have stopped long enough ago. */
  checkRecovered(afterMs: number): void {
    for (const { key } of this.#group.targets) {
      const name = this.#nameOf(key);
      this.check(name === "healthy", `${key} is still ${name} ${afterMs} ms after the last fault`);
    }
    const known = new Set(this.#group.targets.map(({ key }) => key));
    for (const key of this.#monitor().states().keys()) {
      this.check(known.has(key), `${key} is known and nobody registered it`);
    }
  }

  #failsOpen(key: string): boolean {
    return this.#group.failsOpen(key, this.#nameOf);
  }

  readonly #nameOf = (key: string): TargetStateName => this.#monitor().state(key).name;
}
