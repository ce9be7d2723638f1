import { isIP } from "node:net";
import { z } from "zod";
import { type AttributeTable, attributeEntries, changeAttributes, defaultAttributes } from "../../model/attribute.ts";
import { completeHealthCheck } from "../../model/health-check.ts";
import { listenerAttributeTable } from "../../model/listener-attributes.ts";
import type { Listener, LoadBalancer } from "../../model/load-balancer.ts";
import { loadBalancerAttributeTable } from "../../model/load-balancer-attributes.ts";
import type { Model } from "../../model/model.ts";
import { pathText } from "../../model/problem.ts";
import type { TargetGroup } from "../../model/target-group.ts";
import { targetGroupAttributeTable } from "../../model/target-group-attributes.ts";
import { targetGroupProtocols } from "../../model/target-group-protocol.ts";

/**
 * The form in which what the API has made is kept. Attributes are kept as AWS writes them, so that they pass the same checks
 * again when they are read.
 */

const format = "edge-proxy state";
const version = 1;

const id = z.string().regex(/^[0-9a-f]{16}$/);
const address = z.string().refine((text) => isIP(text) !== 0, { error: "must be an IPv4 or IPv6 address" });
const port = z.int().min(1).max(65_535);
/** zod's own record drops the key `__proto__`, which is a tag's key like any other. */
const texts = z.custom<Readonly<Record<string, string>>>(
  (value) => isMap(value) && Object.values(value).every((text) => typeof text === "string"),
  { error: "must be a map of strings" },
);
const identity = z.strictObject({ id, region: z.string(), tags: texts, createdAtMs: z.number() });
const weightedGroup = z.strictObject({ name: z.string(), weight: z.int().min(0).max(999) });
const forwarding = { targetGroups: z.array(weightedGroup).min(1).max(5), keepsGroup: z.boolean() };

const listenerSchema = z.strictObject({
  id,
  tags: texts,
  protocol: z.literal("TCP"),
  port,
  ...forwarding,
  rules: z.array(
    z.strictObject({
      id,
      tags: texts,
      priority: z.int().min(1),
      sourceFamily: z.union([z.literal(4), z.literal(6)]),
      ...forwarding,
    }),
  ),
  attributes: texts,
});

const loadBalancerSchema = z.strictObject({
  name: z.string(),
  identity,
  network: z.strictObject({
    scheme: z.enum(["internet-facing", "internal"]),
    vpcId: z.string(),
    ipAddressType: z.enum(["ipv4", "dualstack"]),
    securityGroups: z.array(z.string()),
    enforceInboundRulesOnPrivateLink: z.enum(["on", "off"]),
  }),
  zones: z.array(
    z.strictObject({
      name: z.string(),
      subnetId: z.string(),
      address,
      addressIsAskedFor: z.literal(true).exactOptional(),
      ipv6Address: address.exactOptional(),
    }),
  ),
  attributes: texts,
  listeners: z.array(listenerSchema),
});

const targetGroupSchema = z.strictObject({
  name: z.string(),
  identity,
  protocol: z.enum(targetGroupProtocols),
  port,
  targetType: z.enum(["instance", "ip"]),
  vpcId: z.string(),
  ipAddressType: z.enum(["ipv4", "ipv6"]),
  healthCheck: z.strictObject({
    protocol: z.enum(["TCP", "HTTP", "HTTPS"]),
    port: z.union([port, z.literal("traffic-port")]),
    path: z.string().nullable(),
    intervalSeconds: z.number(),
    timeoutSeconds: z.number(),
    healthyThreshold: z.number(),
    unhealthyThreshold: z.number(),
    matcher: z.string().nullable(),
  }),
  attributes: texts,
  targets: z.array(z.strictObject({ id: z.string(), address, port, zone: z.string() })),
});

const stateSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  loadBalancers: z.array(loadBalancerSchema),
  targetGroups: z.array(targetGroupSchema),
});

type State = z.infer<typeof stateSchema>;
type KeptListener = z.infer<typeof listenerSchema>;
type KeptLoadBalancer = z.infer<typeof loadBalancerSchema>;
type KeptTargetGroup = z.infer<typeof targetGroupSchema>;

export function stateOf(model: Model): unknown {
  return {
    format,
    version,
    loadBalancers: model.loadBalancers.map(keptLoadBalancer),
    targetGroups: model.targetGroups.map(keptTargetGroup),
  };
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns the model, or why it cannot be read */
export function modelFromState(content: unknown): { readonly model: Model } | { readonly problem: string } {
  const head = z.object({ format: z.string(), version: z.number() }).safeParse(content);
  if (!head.success || head.data.format !== format) return { problem: "it is not a state file of edge-proxy" };
  if (head.data.version !== version) {
    return { problem: `it has the version ${head.data.version}, but this edge-proxy reads version ${version}` };
  }
  const { data, error } = stateSchema.safeParse(content);
  if (error !== undefined) {
    const [issue] = error.issues;
    const path = (issue?.path ?? []).map((step) => (typeof step === "symbol" ? String(step) : step));
    return { problem: `${pathText(path)}: ${issue?.message}` };
  }
  try {
    return { model: revived(data) };
  } catch (reason) {
    return { problem: (reason as Error).message };
  }
}

function keptLoadBalancer({ clientIp, vpcEndpoints, ...rest }: LoadBalancer): unknown {
  return {
    ...rest,
    identity: keptIdentity(rest.identity),
    attributes: keptAttributes(loadBalancerAttributeTable, rest.attributes),
    listeners: rest.listeners.map((listener) => ({
      ...listener,
      attributes: keptAttributes(listenerAttributeTable, listener.attributes),
    })),
  };
}

function keptTargetGroup(group: TargetGroup): unknown {
  return {
    ...group,
    identity: keptIdentity(group.identity),
    attributes: keptAttributes(targetGroupAttributeTable, group.attributes),
  };
}

function keptIdentity({ origin, ...rest }: LoadBalancer["identity"]): unknown {
  return rest;
}

function keptAttributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  attributes: Attributes,
): Record<string, string> {
  return Object.fromEntries(attributeEntries(table, attributes).map(({ key, text }) => [key, text]));
}

const origin = { by: "api" } as const;

function revived({ loadBalancers, targetGroups }: State): Model {
  return { loadBalancers: loadBalancers.map(revivedLoadBalancer), targetGroups: targetGroups.map(revivedTargetGroup) };
}

function revivedLoadBalancer(kept: KeptLoadBalancer): LoadBalancer {
  return {
    ...kept,
    identity: { ...kept.identity, origin },
    attributes: revivedAttributes(loadBalancerAttributeTable, kept.network, kept.attributes),
    listeners: kept.listeners.map(revivedListener),
    clientIp: "auto",
    vpcEndpoints: [],
  };
}

function revivedListener(kept: KeptListener): Listener {
  return { ...kept, attributes: revivedAttributes(listenerAttributeTable, undefined, kept.attributes) };
}

function revivedTargetGroup(kept: KeptTargetGroup): TargetGroup {
  const { path, matcher, ...check } = kept.healthCheck;
  const http = { ...(path === null ? {} : { path }), ...(matcher === null ? {} : { matcher }) };
  return {
    ...kept,
    identity: { ...kept.identity, origin },
    healthCheck: completeHealthCheck({ ...check, ...http }),
    attributes: revivedAttributes(targetGroupAttributeTable, kept, kept.attributes),
  };
}

/** @throws Error that names the attribute */
function revivedAttributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  context: Context,
  kept: Readonly<Record<string, string>>,
): Attributes {
  const { attributes, problems } = changeAttributes(table, defaultAttributes(table, context), kept, "An");
  if (problems[0] !== undefined) throw new Error(problems[0].message);
  return attributes;
}
