import type { Effect } from "@edgekit/health";
import {
  createHealthMonitor,
  type HealthMonitor,
  type MonitorSettings,
  type ProbeFunction,
} from "@edgekit/health/monitor";
import { nlbHealthCheckHeader } from "@edgekit/pp2";
import type { Clock } from "../clock.ts";
import { hostPort } from "../model/host-port.ts";
import { groupNames, type LoadBalancer } from "../model/load-balancer.ts";
import { type TargetGroup, targetKey } from "../model/target-group.ts";
import { resolveCrossZone, thresholdsOf } from "./build-routes.ts";
import type { HealthObserver } from "./health-observer.ts";

export interface GroupHealthOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeScale: number;
  /** How a target is checked; undefined: by real checks. */
  readonly probe: ProbeFunction | undefined;
  readonly onEffect: (group: string, key: string, effect: Effect) => void;
  /** A state or reason has changed. */
  readonly onTransition: () => void;
  readonly observer: HealthObserver | undefined;
}

/** The health of one target group: its monitor, kept in step with the model. */
export class GroupHealth {
  readonly monitor: HealthMonitor;
  readonly #timeScale: number;

  constructor(group: TargetGroup, user: LoadBalancer | undefined, options: GroupHealthOptions) {
    this.#timeScale = options.timeScale;
    this.monitor = createHealthMonitor({
      ...settingsOf(group, user, this.#timeScale),
      inUse: user !== undefined,
      ...(user === undefined ? {} : { zones: user.zones.map(({ name }) => name) }),
      clock: options.clock,
      random: options.random,
      ...(options.probe === undefined ? {} : { probe: options.probe }),
      onEffect: (key, effect) => options.onEffect(group.name, key, effect),
    });
    this.monitor.addEventListener("transition", ({ transition }) => {
      options.onTransition();
      options.observer?.targetChanged?.(group.name, transition);
    });
    this.monitor.addEventListener("probe", ({ report }) => options.observer?.targetChecked?.(group.name, report));
    for (const target of group.targets) this.monitor.register(target);
  }

  /** Follows a change of the model. Targets that are no longer in it begin to drain. */
  update(group: TargetGroup, user: LoadBalancer | undefined): void {
    this.monitor.updateSettings(settingsOf(group, user, this.#timeScale));
    this.monitor.setInUse(user !== undefined);
    this.monitor.setZones(user?.zones.map(({ name }) => name));
    const wanted = new Set(group.targets.map(targetKey));
    for (const key of this.monitor.states().keys()) {
      if (!wanted.has(key)) this.monitor.deregister(key);
    }
    for (const target of group.targets) this.monitor.register(target);
  }
}

/** The group's settings in the terms of the health package: AWS's seconds become scaled milliseconds. */
function settingsOf(group: TargetGroup, user: LoadBalancer | undefined, timeScale: number): MonitorSettings {
  const { attributes, healthCheck } = group;
  const ms = (seconds: number): number => seconds * 1000 * timeScale;
  const node = user?.zones[0]?.address;
  const port = user?.listeners.find((listener) => groupNames(listener).includes(group.name))?.port;
  return {
    healthCheck: {
      protocol: healthCheck.protocol,
      port: healthCheck.port,
      path: healthCheck.path ?? undefined,
      matcher: healthCheck.matcher ?? undefined,
      intervalMs: ms(healthCheck.intervalSeconds),
      timeoutMs: ms(healthCheck.timeoutSeconds),
      healthyThreshold: healthCheck.healthyThreshold,
      unhealthyThreshold: healthCheck.unhealthyThreshold,
      // In its checks an NLB names the node's address and the listener's port as the host.
      host: node === undefined || port === undefined ? undefined : hostPort(node, port),
      prologue: attributes.proxyProtocolV2 ? nlbHealthCheckHeader() : undefined,
    },
    attributes: {
      connectionTerminationOnUnhealthy: attributes.terminateOnUnhealthy,
      drainingIntervalMs: ms(attributes.unhealthyDrainingSeconds),
      deregistrationDelayMs: ms(attributes.deregistrationDelaySeconds),
      terminateOnDeregistration: attributes.terminateOnDeregistration,
      passiveChecksEnabled: !attributes.stickiness,
    },
    thresholds: thresholdsOf(attributes),
    crossZone: user === undefined ? false : resolveCrossZone(attributes, user),
  };
}
