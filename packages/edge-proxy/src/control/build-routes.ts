import {
  ALL_ZONES,
  evaluateZones,
  type GroupThresholds,
  type GroupVerdict,
  isRoutable,
  type TargetState,
} from "@edgekit/health";
import type { Entry, Forward, Routes, TargetRoute } from "../data/routes.ts";
import type { Listener, LoadBalancer, Rule, WeightedTargetGroup, Zone } from "../model/load-balancer.ts";
import type { Model } from "../model/model.ts";
import type { TargetGroup } from "../model/target-group.ts";
import type { TargetGroupAttributes } from "../model/target-group-attributes.ts";
import type { ClientIpChoices } from "./client-ip.ts";
import { entryPlaces } from "./entry-places.ts";
import { RouteMemory, routeOf } from "./route-memory.ts";

/** The health of a target of a group. */
export type StateOf = (group: string, key: string) => TargetState;

/** The snapshot for the data plane: the model as each node sees it, with the health that its targets have now. */
export function buildRoutes(
  model: Model,
  clientIp: ClientIpChoices,
  stateOf: StateOf,
  timeScale: number,
  memory: RouteMemory = new RouteMemory(),
): Routes {
  const groups = new Map(model.targetGroups.map((group) => [group.name, group]));
  const entries = model.loadBalancers.flatMap((loadBalancer) => {
    const view = new GroupViews(loadBalancer, groups, stateOf, memory);
    return entryPlaces(loadBalancer).map(
      ({ listener, zone, ...place }): Entry => ({
        ...place,
        loadBalancer: loadBalancer.name,
        listenerPort: listener.port,
        zone: zone.name,
        clientIp: clientIp.get(loadBalancer.name)?.way ?? "off",
        idleTimeoutMs: listener.attributes.idleTimeoutSeconds * 1000 * timeScale,
        forward: view.forwards(listener.targetGroups, zone),
        ...familyRules(listener, (groups) => view.forwards(groups, zone)),
      }),
    );
  });
  return { entries: new Map(entries.map((entry) => [entry.key, entry])) };
}

/** Of several rules for one family, the first decides. */
function familyRules(
  { rules }: Listener,
  forwards: (groups: readonly WeightedTargetGroup[]) => readonly Forward[],
): Pick<Entry, "forwardByFamily"> {
  if (rules.length === 0) return {};
  const first = (family: 4 | 6): readonly Forward[] | undefined => {
    const rule = rules
      .filter(({ sourceFamily }) => sourceFamily === family)
      .reduce<Rule | undefined>((a, b) => (a === undefined || b.priority < a.priority ? b : a), undefined);
    return rule && forwards(rule.targetGroups);
  };
  return { forwardByFamily: { 4: first(4), 6: first(6) } };
}

/** The target groups as the nodes of one load balancer see them. */
class GroupViews {
  readonly #loadBalancer: LoadBalancer;
  readonly #groups: ReadonlyMap<string, TargetGroup>;
  readonly #stateOf: StateOf;
  readonly #memory: RouteMemory;
  readonly #views = new Map<string, GroupView>();

  constructor(
    loadBalancer: LoadBalancer,
    groups: ReadonlyMap<string, TargetGroup>,
    stateOf: StateOf,
    memory: RouteMemory,
  ) {
    this.#loadBalancer = loadBalancer;
    this.#groups = groups;
    this.#stateOf = stateOf;
    this.#memory = memory;
  }

  forwards(groups: readonly WeightedTargetGroup[], zone: Zone): readonly Forward[] {
    return groups.flatMap(({ name, weight }) => {
      const group = this.#groups.get(name);
      if (group === undefined) return [];
      const view = this.#views.get(name) ?? new GroupView(group, this.#loadBalancer, this.#stateOf, this.#memory);
      this.#views.set(name, view);
      return [{ ...view.from(zone.name), weight }];
    });
  }
}

/** One target group. Zones that see it alike share one result, since there may be thousands of targets. */
class GroupView {
  readonly #group: TargetGroup;
  readonly #zones: readonly string[];
  readonly #crossZone: boolean;
  readonly #members: readonly Member[];
  readonly #verdicts: ReadonlyMap<string, GroupVerdict>;
  readonly #memory: RouteMemory;
  readonly #forwards = new Map<string, Forward>();

  constructor(group: TargetGroup, loadBalancer: LoadBalancer, stateOf: StateOf, memory: RouteMemory) {
    this.#group = group;
    this.#memory = memory;
    this.#zones = loadBalancer.zones.map(({ name }) => name);
    this.#crossZone = resolveCrossZone(group.attributes, loadBalancer);
    this.#members = group.targets.map((target) => {
      const route = routeOf(target);
      return { zone: target.zone, route, state: stateOf(group.name, route.key) };
    });
    const scope = { zones: this.#zones, crossZone: this.#crossZone };
    this.#verdicts = evaluateZones(this.#members, thresholdsOf(group.attributes), scope);
  }

  from(zone: string): Forward {
    const zones = this.#crossZone ? this.#zones : [zone];
    const failOpen = this.#verdicts.get(zone)?.failOpen ?? false;
    const reached = this.#members.filter((member) => member.zone === ALL_ZONES || zones.includes(member.zone));
    // Zones that reach the same targets have the same verdict on them.
    const key = reached.length === this.#members.length ? "every target" : zones.join(" ");
    const known = this.#forwards.get(key) ?? this.#forward(reached, failOpen, key);
    this.#forwards.set(key, known);
    return known;
  }

  #forward(reached: readonly Member[], failOpen: boolean, key: string): Forward {
    const { name, attributes } = this.#group;
    const routes = reached.filter(({ state }) => isRoutable(state, failOpen)).map(({ route }) => route);
    return {
      group: name,
      weight: 0,
      proxyHeader: attributes.proxyProtocolV2 ? attributes.headerPlacement : "none",
      preserveClientIp: attributes.preserveClientIp,
      ...this.#memory.choice(`${name} ${key}`, routes, attributes.stickiness),
      failOpen,
    };
  }
}

interface Member {
  readonly zone: string;
  readonly state: TargetState;
  readonly route: TargetRoute;
}

/** The target group's own setting wins over the load balancer's. */
export function resolveCrossZone(attributes: TargetGroupAttributes, loadBalancer: LoadBalancer): boolean {
  return attributes.crossZone === "use_load_balancer_configuration"
    ? loadBalancer.attributes.crossZone
    : attributes.crossZone === "true";
}

export function thresholdsOf(attributes: TargetGroupAttributes): GroupThresholds {
  return {
    unhealthyStateRouting: {
      count: attributes.routingFailoverCount,
      percentage: attributes.routingFailoverPercentage,
    },
    dnsFailover: { count: attributes.dnsFailoverCount, percentage: attributes.dnsFailoverPercentage },
  };
}
