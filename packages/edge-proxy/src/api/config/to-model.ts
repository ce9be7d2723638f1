import { isIP } from "node:net";
import { type AttributeTable, attributeText, changeAttributes, defaultAttributes } from "../../model/attribute.ts";
import { checkAddressFamilies } from "../../model/check-address-families.ts";
import { checkModel } from "../../model/check-model.ts";
import { checkHealthCheck, completeHealthCheck } from "../../model/health-check.ts";
import { idOf, type Origin, vpcOfThisMachine } from "../../model/identity.ts";
import { listenerAttributeTable } from "../../model/listener-attributes.ts";
import {
  type Listener,
  type LoadBalancer,
  nodeAddresses,
  type VpcEndpoint,
  type Zone,
} from "../../model/load-balancer.ts";
import { loadBalancerAttributeTable } from "../../model/load-balancer-attributes.ts";
import { type Model, preservingGroups, userOf } from "../../model/model.ts";
import { suggestion } from "../../model/nearest.ts";
import { type Problem, under } from "../../model/problem.ts";
import type { Target, TargetGroup } from "../../model/target-group.ts";
import { checkTargetGroupAttributes, targetGroupAttributeTable } from "../../model/target-group-attributes.ts";
import type {
  AttributesConfig,
  EdgeProxyConfig,
  ListenerConfig,
  LoadBalancerConfig,
  TargetConfig,
  TargetGroupConfig,
  VpcEndpointConfig,
  ZoneConfig,
} from "./config.ts";

/** What a config of the right shape says: the model, and what is wrong or without effect in it. */
export interface ModelFromConfig {
  readonly model: Model;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export const defaultRegion = "us-east-1";
const defaultZones: readonly ZoneConfig[] = [{ name: "local-1a", address: "127.0.0.1" }];

/** Fills in the defaults and applies the checks that every way into the model shares. */
export function modelFromConfig(config: EdgeProxyConfig, origin: Origin): ModelFromConfig {
  const found: Found = { problems: [], warnings: [] };
  const home = { region: config.region ?? defaultRegion, origin, instances: config.instances ?? {} };
  const model: Model = {
    loadBalancers: (config.loadBalancers ?? []).map((item, i) =>
      toLoadBalancer(item, home, ["loadBalancers", i], found),
    ),
    targetGroups: (config.targetGroups ?? []).map((item, i) => toTargetGroup(item, home, ["targetGroups", i], found)),
  };
  found.problems.push(...checkModel(model), ...unknownZones(model));
  const families = checkAddressFamilies(model).map((it) => ({ ...it, message: `AWS refuses this: ${it.message}` }));
  found.warnings.push(...clientIpWithoutEffect(config, model), ...families);
  return { model, ...found };
}

function clientIpWithoutEffect(config: EdgeProxyConfig, model: Model): Problem[] {
  return model.loadBalancers.flatMap((loadBalancer, i) => {
    const asked = config.loadBalancers?.[i]?.clientIp;
    if (asked === undefined || asked === "off" || preservingGroups(model, loadBalancer).length > 0) return [];
    const message = `clientIp has no effect: no target group of '${loadBalancer.name}' has preserve_client_ip.enabled`;
    return [{ path: ["loadBalancers", i, "clientIp"], message }];
  });
}

/** AWS takes a target in a zone that its load balancer does not have, and leaves it `unused`; in a file it is a slip. */
function unknownZones(model: Model): Problem[] {
  return model.targetGroups.flatMap((group, i) => {
    const user = userOf(group, model);
    if (user === undefined) return [];
    const zones = ["all", ...user.zones.map(({ name }) => name)];
    return group.targets.flatMap(({ zone }, j) => {
      if (zones.includes(zone)) return [];
      const path = ["targetGroups", i, "targets", j, "zone"];
      return [{ path, message: `'${user.name}' has no zone '${zone}'`, hint: suggestion(zone, zones) }];
    });
  });
}

/** What all resources of one config have in common. */
interface Home {
  readonly region: string;
  readonly origin: Origin;
  readonly instances: { readonly [id: string]: string };
}

interface Found {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

function toLoadBalancer(
  config: LoadBalancerConfig,
  { region, origin }: Home,
  path: Problem["path"],
  found: Found,
): LoadBalancer {
  const zones = (config.zones ?? defaultZones).map(toZone);
  const listeners = (config.listeners ?? []).map((item, i) =>
    toListener(item, config.name, [...path, "listeners", i], found),
  );
  const scheme = config.scheme ?? "internet-facing";
  const families = new Set(zones.flatMap(nodeAddresses).map(isIP));
  return {
    name: config.name,
    identity: { id: idOf("loadbalancer", config.name), region, tags: config.tags ?? {}, origin },
    network: {
      scheme,
      vpcId: vpcOfThisMachine,
      ipAddressType: families.has(6) ? "dualstack" : "ipv4",
      securityGroups: [],
      enforceInboundRulesOnPrivateLink: "on",
    },
    zones,
    attributes: toAttributes(loadBalancerAttributeTable, { scheme }, config.attributes, "Load balancer", path, found),
    clientIp: config.clientIp ?? "auto",
    listeners,
    vpcEndpoints: (config.vpcEndpoints ?? []).map((item, i) =>
      toVpcEndpoint(item, zones, listeners, [...path, "vpcEndpoints", i], found),
    ),
  };
}

function toZone({ name, address, ipv6Address }: ZoneConfig): Zone {
  const second = ipv6Address === undefined ? {} : { ipv6Address };
  return { name, subnetId: `subnet-0${idOf("subnet", name)}`, address, ...second };
}

function toListener(config: ListenerConfig, loadBalancer: string, path: Problem["path"], found: Found): Listener {
  const { targetGroup, targetGroups } = config;
  if ((targetGroup === undefined) === (targetGroups === undefined)) {
    found.problems.push({
      path,
      message: "give either targetGroup (a name) or targetGroups (a list of name and weight)",
    });
  }
  const weighted = targetGroups ?? (targetGroup === undefined ? [] : [{ name: targetGroup, weight: 1 }]);
  if (targetGroups?.length === 1 && targetGroups[0]?.weight === 0) {
    found.problems.push({
      path: [...path, "targetGroups", 0, "weight"],
      message: "The weight for the target group must be between 1 and 999, inclusive",
    });
  }
  return {
    // Several listeners may have port 0, so that these are told apart by their place.
    id: idOf("listener", `${loadBalancer}/${config.port === 0 ? path.join(".") : config.port}`),
    tags: {},
    protocol: "TCP",
    port: config.port,
    targetGroups: weighted,
    keepsGroup: weighted.length > 1,
    rules: [],
    attributes: toAttributes(listenerAttributeTable, undefined, config.attributes, "Listener", path, found),
  };
}

function toVpcEndpoint(
  config: VpcEndpointConfig,
  zones: readonly Zone[],
  listeners: readonly Listener[],
  path: Problem["path"],
  found: Found,
): VpcEndpoint {
  const zone = config.zone ?? zones[0]?.name ?? "";
  const onlyPort = listeners.length === 1 ? listeners[0]?.port : undefined;
  const listenerPort = config.listenerPort ?? onlyPort;
  if (listenerPort === undefined) {
    found.problems.push({ path, message: "listenerPort is needed where a load balancer has not exactly one listener" });
  }
  return {
    id: config.id,
    address: config.address ?? zones.find(({ name }) => name === zone)?.address ?? "127.0.0.1",
    port: config.port,
    listenerPort: listenerPort ?? 0,
    zone,
  };
}

function toTargetGroup(config: TargetGroupConfig, home: Home, path: Problem["path"], found: Found): TargetGroup {
  const { region, origin } = home;
  const targetType = config.targetType ?? "ip";
  const protocol = "TCP";
  const attributes = toAttributes(
    targetGroupAttributeTable,
    { targetType, protocol },
    config.attributes,
    "Target group",
    path,
    found,
  );
  found.problems.push(
    ...under([...path, "attributes"], checkTargetGroupAttributes(attributes, { targetType, protocol })),
  );
  const healthCheck = config.healthCheck ?? {};
  found.problems.push(...under([...path, "healthCheck"], checkHealthCheck(healthCheck)));
  const targets = (config.targets ?? []).map((item, i) => toTarget(item, config, home, [...path, "targets", i], found));
  return {
    name: config.name,
    identity: { id: idOf("targetgroup", config.name), region, tags: config.tags ?? {}, origin },
    protocol,
    port: config.port,
    targetType,
    vpcId: vpcOfThisMachine,
    ipAddressType: targets.length > 0 && targets.every(({ address }) => isIP(address) === 6) ? "ipv6" : "ipv4",
    healthCheck: completeHealthCheck(healthCheck),
    attributes,
    targets,
  };
}

function toTarget(
  config: TargetConfig,
  group: TargetGroupConfig,
  { instances }: Home,
  path: Problem["path"],
  found: Found,
): Target {
  const instance = (group.targetType ?? "ip") === "instance";
  const known = instance && Object.hasOwn(instances, config.id) ? instances[config.id] : undefined;
  const address = config.address ?? known;
  if (instance && address === undefined && isIP(config.id) === 0) {
    found.problems.push({
      path,
      message: `instance '${config.id}' needs the address where it is reached, here or under instances`,
    });
  }
  if (!instance && isIP(config.id) === 0) {
    found.problems.push({
      path: [...path, "id"],
      message: `the id of an ip target must be an IPv4 or IPv6 address, but was '${config.id}'`,
      hint: "set targetType: instance, and address, for other ids",
    });
  }
  return {
    id: config.id,
    address: address ?? config.id,
    port: config.port ?? group.port,
    zone: config.zone ?? "all",
  };
}

function toAttributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  context: Context,
  config: AttributesConfig | undefined,
  kind: string,
  path: Problem["path"],
  found: Found,
): Attributes {
  const changes = Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, attributeText(value)]));
  const change = changeAttributes(table, defaultAttributes(table, context), changes, kind);
  found.problems.push(...under([...path, "attributes"], change.problems));
  found.warnings.push(...under([...path, "attributes"], change.warnings));
  return change.attributes;
}
