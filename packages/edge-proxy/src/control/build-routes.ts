import { isIPv6, SocketAddress } from "node:net";
import { evaluateZones, type GroupThresholds, type GroupVerdict, isRoutable, type TargetState } from "@edgekit/health";
import type { Entry, Forward, Routes, TargetRoute } from "../data/routes.ts";
import { stickyTable } from "../data/sticky-table.ts";
import { hostPort } from "../model/host-port.ts";
import {
  type Listener,
  type LoadBalancer,
  nodeAddresses,
  type Rule,
  type WeightedTargetGroup,
  type Zone,
} from "../model/load-balancer.ts";
import type { Model } from "../model/model.ts";
import { type Target, type TargetGroup, targetKey } from "../model/target-group.ts";
import type { TargetGroupAttributes } from "../model/target-group-attributes.ts";
import type { ClientIpChoices } from "./client-ip.ts";
import { entryKeys } from "./entry-keys.ts";

/** How a target of a group stands. */
export type StateOf = (group: string, key: string) => TargetState;

/** What the data plane is to do: the model as each node sees it, at this moment of its targets' health. */
export function buildRoutes(model: Model, clientIp: ClientIpChoices, stateOf: StateOf, timeScale: number): Routes {
  const groups = new Map(model.targetGroups.map((group) => [group.name, group]));
  const entries = model.loadBalancers.flatMap((loadBalancer) => {
    const view = new GroupViews(loadBalancer, groups, stateOf);
    const keys = entryKeys(loadBalancer);
    const enter = (
      key: string,
      at: Pick<Entry, "address" | "port" | "vpcEndpointId" | "nodeAddress">,
      listener: Listener,
      zone: Zone,
    ): Entry => ({
      key,
      ...at,
      loadBalancer: loadBalancer.name,
      listenerPort: listener.port,
      zone: zone.name,
      clientIp: clientIp.get(loadBalancer.name)?.way ?? "off",
      idleTimeoutMs: listener.attributes.idleTimeoutSeconds * 1000 * timeScale,
      forward: view.forwards(listener.targetGroups, zone),
      ...familyRules(listener, (groups) => view.forwards(groups, zone)),
    });
    const nodes = loadBalancer.listeners.flatMap((listener, i) =>
      loadBalancer.zones.flatMap((zone) =>
        nodeAddresses(zone).map((address) => {
          const at = { address, nodeAddress: address, port: listener.port };
          return enter(keys.listener(i, zone, address), at, listener, zone);
        }),
      ),
    );
    const endpoints = loadBalancer.vpcEndpoints.flatMap(({ id, address, port, listenerPort, zone: zoneName }, i) => {
      const listener = loadBalancer.listeners.find((candidate) => candidate.port === listenerPort);
      const zone = loadBalancer.zones.find(({ name }) => name === zoneName);
      if (listener === undefined || zone === undefined) return [];
      const at = { address, port, vpcEndpointId: id, nodeAddress: zone.address };
      return enter(keys.endpoint(i), at, listener, zone);
    });
    return [...nodes, ...endpoints];
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

/** The target groups as the nodes of one load balancer see them; each is worked out once per zone. */
class GroupViews {
  readonly #loadBalancer: LoadBalancer;
  readonly #groups: ReadonlyMap<string, TargetGroup>;
  readonly #stateOf: StateOf;
  readonly #verdicts = new Map<string, ReadonlyMap<string, GroupVerdict>>();
  readonly #forwards = new Map<string, Forward>();

  constructor(loadBalancer: LoadBalancer, groups: ReadonlyMap<string, TargetGroup>, stateOf: StateOf) {
    this.#loadBalancer = loadBalancer;
    this.#groups = groups;
    this.#stateOf = stateOf;
  }

  forwards(groups: readonly WeightedTargetGroup[], zone: Zone): readonly Forward[] {
    return groups.flatMap(({ name, weight }) => this.#forward(name, weight, zone.name));
  }

  #forward(name: string, weight: number, zone: string): Forward[] {
    const group = this.#groups.get(name);
    if (group === undefined) return [];
    const known = this.#forwards.get(`${name} ${zone}`) ?? this.#work(group, zone);
    this.#forwards.set(`${name} ${zone}`, known);
    return [{ ...known, weight }];
  }

  #work(group: TargetGroup, zone: string): Forward {
    const { attributes } = group;
    const crossZone = resolveCrossZone(attributes, this.#loadBalancer);
    const failOpen = this.#verdict(group, crossZone).get(zone)?.failOpen ?? false;
    const zones = crossZone ? this.#loadBalancer.zones.map(({ name }) => name) : [zone];
    const targets = group.targets
      .filter((target) => target.zone === "all" || zones.includes(target.zone))
      .filter((target) => isRoutable(this.#stateOf(group.name, targetKey(target)), failOpen))
      .map(toRoute);
    const sticky = attributes.stickiness && targets.length > 0;
    return {
      group: group.name,
      weight: 0,
      proxyHeader: attributes.proxyProtocolV2 ? attributes.headerPlacement : "none",
      preserveClientIp: attributes.preserveClientIp,
      targets,
      ...(sticky ? { stickyTable: stickyTable(targets.map(({ key }) => key)) } : {}),
      failOpen,
    };
  }

  #verdict(group: TargetGroup, crossZone: boolean): ReadonlyMap<string, GroupVerdict> {
    const known = this.#verdicts.get(group.name);
    if (known !== undefined) return known;
    const members = group.targets.map((target) => ({
      zone: target.zone,
      state: this.#stateOf(group.name, targetKey(target)),
    }));
    const zones = this.#loadBalancer.zones.map(({ name }) => name);
    const verdict = evaluateZones(members, thresholdsOf(group.attributes), { zones, crossZone });
    this.#verdicts.set(group.name, verdict);
    return verdict;
  }
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

function toRoute(target: Target): TargetRoute {
  const { port } = target;
  const family = isIPv6(target.address) ? 6 : 4;
  // As sockets spell them, so that they can be compared.
  const address =
    family === 6 ? new SocketAddress({ family: "ipv6", address: target.address }).address : target.address;
  return { key: targetKey(target), address, family, port, endpoint: hostPort(address, port) };
}
