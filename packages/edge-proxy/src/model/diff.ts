import { type AttributeTable, attributeEntries } from "./attribute.ts";
import { hostPort } from "./host-port.ts";
import { listenerAttributeTable } from "./listener-attributes.ts";
import type { Forwarding, Listener, LoadBalancer, VpcEndpoint } from "./load-balancer.ts";
import { loadBalancerAttributeTable } from "./load-balancer-attributes.ts";
import type { Model } from "./model.ts";
import { type Target, type TargetGroup, targetKey } from "./target-group.ts";
import { targetGroupAttributeTable } from "./target-group-attributes.ts";

/** One thing that is different, in words: `changed`, "target group 'app': proxy_protocol_v2.enabled: false → true". */
export interface Change {
  readonly kind: "added" | "removed" | "changed";
  readonly what: string;
}

/** What makes one model of another, from the load balancers down to the targets. */
export function diffModels(before: Model, after: Model): Change[] {
  return [
    ...compare(before.loadBalancers, after.loadBalancers, ({ name }) => name, loadBalancerTitle, diffLoadBalancer),
    ...compare(before.targetGroups, after.targetGroups, ({ name }) => name, targetGroupTitle, diffTargetGroup),
  ];
}

function diffLoadBalancer(before: LoadBalancer, after: LoadBalancer): Change[] {
  const title = loadBalancerTitle(after);
  const { name } = after;
  return [
    ...values(title, facts(before), facts(after)),
    ...values(
      title,
      attributes(loadBalancerAttributeTable, before.attributes),
      attributes(loadBalancerAttributeTable, after.attributes),
    ),
    ...compare(
      before.listeners,
      after.listeners,
      ({ id }) => id,
      (listener) => listenerTitle(listener, name),
      (a, b) => diffListener(a, b, name),
    ),
    ...compare(
      before.vpcEndpoints,
      after.vpcEndpoints,
      endpointText,
      (endpoint) => `VPC endpoint ${endpointText(endpoint)}`,
    ),
  ];
}

function facts({ zones, clientIp, network, identity }: LoadBalancer): Values {
  return {
    zones: zones
      .map(({ name, address, ipv6Address }) => [name, address, ipv6Address].filter(Boolean).join(" "))
      .join(", "),
    clientIp,
    scheme: network.scheme,
    tags: JSON.stringify(identity.tags),
  };
}

function diffListener(before: Listener, after: Listener, loadBalancer: string): Change[] {
  const title = listenerTitle(after, loadBalancer);
  return [
    ...values(title, { "target groups": groupsText(before) }, { "target groups": groupsText(after) }),
    ...values(
      title,
      attributes(listenerAttributeTable, before.attributes),
      attributes(listenerAttributeTable, after.attributes),
    ),
  ];
}

function diffTargetGroup(before: TargetGroup, after: TargetGroup): Change[] {
  const title = targetGroupTitle(after);
  const groupFacts = ({ port, targetType, identity }: TargetGroup): Values => ({
    port: String(port),
    targetType,
    tags: JSON.stringify(identity.tags),
  });
  const checkFacts = ({ healthCheck }: TargetGroup): Values =>
    Object.fromEntries(Object.entries(healthCheck).map(([key, value]) => [`healthCheck.${key}`, String(value)]));
  const { name } = after;
  return [
    ...values(title, groupFacts(before), groupFacts(after)),
    ...values(title, checkFacts(before), checkFacts(after)),
    ...values(
      title,
      attributes(targetGroupAttributeTable, before.attributes),
      attributes(targetGroupAttributeTable, after.attributes),
    ),
    ...compare(
      before.targets,
      after.targets,
      targetKey,
      (target) => targetTitle(target, name),
      (a, b) => values(targetTitle(b, name), targetFacts(a), targetFacts(b)),
    ),
  ];
}

function targetFacts({ address, zone }: Target): Values {
  return { address, zone };
}

const loadBalancerTitle = ({ name }: LoadBalancer): string => `load balancer '${name}'`;
const targetGroupTitle = ({ name }: TargetGroup): string => `target group '${name}'`;
const listenerTitle = ({ port }: Listener, loadBalancer: string): string => `listener ${port} of '${loadBalancer}'`;
const targetTitle = (target: Target, group: string): string => `target ${targetKey(target)} of '${group}'`;

function endpointText({ id, address, port, listenerPort, zone }: VpcEndpoint): string {
  return `${id} on ${hostPort(address, port)} to listener ${listenerPort} in ${zone}`;
}

function groupsText({ targetGroups }: Forwarding): string {
  if (targetGroups.length === 1) return targetGroups[0]?.name ?? "";
  return targetGroups.map(({ name, weight }) => `${name}:${weight}`).join(" ");
}

type Values = Readonly<Record<string, string>>;

function attributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  attributes: Attributes,
): Values {
  return Object.fromEntries(attributeEntries(table, attributes).map(({ key, text }) => [key, text]));
}

function values(title: string, before: Values, after: Values): Change[] {
  return Object.entries(after).flatMap(([key, value]) => {
    const old = before[key] ?? "";
    return old === value
      ? []
      : [{ kind: "changed", what: `${title}: ${key}: ${old || "–"} → ${value || "–"}` } as const];
  });
}

/** What has come, what has gone, and what is different in those that are in both. */
function compare<Item>(
  before: readonly Item[],
  after: readonly Item[],
  key: (item: Item) => string,
  title: (item: Item) => string,
  within: (before: Item, after: Item) => readonly Change[] = () => [],
): Change[] {
  const old = new Map(before.map((item) => [key(item), item]));
  const kept = new Set(after.map(key));
  const gone = before
    .filter((item) => !kept.has(key(item)))
    .map((item) => ({ kind: "removed", what: title(item) }) as const);
  const rest = after.flatMap((item): readonly Change[] => {
    const known = old.get(key(item));
    return known === undefined ? [{ kind: "added", what: title(item) }] : within(known, item);
  });
  return [...gone, ...rest];
}
