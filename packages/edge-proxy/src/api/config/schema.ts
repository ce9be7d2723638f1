import { isIP } from "node:net";
import { z } from "zod";
import { isLoopback } from "../../data/source.ts";
import { healthCheckRanges } from "../../model/health-check.ts";
import { nameProblem } from "../../model/name.ts";
import { vpcEndpointIdPattern } from "../../model/vpc-endpoint-id.ts";
import type { EdgeProxyConfig } from "./config.ts";

/** The config's shape. What it cannot say, the model's own checks do. */

const port = z.int().min(1).max(65_535);
const listeningPort = z.int().min(0).max(65_535);
const address = z.string().refine((text) => isIP(text) !== 0, { error: "must be an IPv4 or IPv6 address" });
const admin = z
  .strictObject({
    address: address.optional(),
    port: listeningPort.optional(),
    // What fits into a header, a cookie and an AWS access key id.
    token: z
      .string()
      // Worded so that the message does not repeat what was there.
      .regex(/^[A-Za-z0-9_-]{16,128}$/, { error: "the token must be 16 to 128 letters, digits, '_' or '-'" })
      .optional(),
  })
  .check((context) => {
    const { address, token } = context.value;
    if (address === undefined || token !== undefined || isLoopback(address) || isIP(address) === 0) return;
    const message =
      "must be a loopback address (127.0.0.0/8 or ::1) unless admin.token is set: " +
      "without one the admin server asks nobody who they are";
    context.issues.push({ code: "custom", message, input: address, path: ["address"] });
  });
const ipv6Address = z.string().refine((text) => isIP(text) === 6, { error: "must be an IPv6 address" });
const tags = z.record(z.string().min(1).max(128), z.string().max(256));
const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Ranges are the model's to check: it has AWS's words for them. Here they are for those who read the schema. */
function inRange({ min, max }: { readonly min: number; readonly max: number }): z.ZodNumber {
  return z.number().meta({ type: "integer", minimum: min, maximum: max });
}

function name(kind: Parameters<typeof nameProblem>[0]): z.ZodType<string, string> {
  return z.string().check((context) => {
    const problem = nameProblem(kind, context.value);
    if (problem !== undefined) context.issues.push({ code: "custom", message: problem, input: context.value });
  });
}

const listener = z.strictObject({
  protocol: z.literal("TCP").optional(),
  port: listeningPort,
  targetGroup: z.string().optional(),
  targetGroups: z
    .array(z.strictObject({ name: z.string(), weight: z.int().min(0).max(999) }))
    .min(1)
    .max(5, { error: "You cannot specify more than 5 target groups per action" })
    .optional(),
  attributes: attributes.optional(),
});

const vpcEndpoint = z.strictObject({
  id: z.string().regex(vpcEndpointIdPattern, { error: "must be 'vpce-' and 8 or 17 hex digits" }),
  address: address.optional(),
  port: listeningPort,
  listenerPort: listeningPort.optional(),
  zone: z.string().optional(),
});

const loadBalancer = z.strictObject({
  name: name("load balancer"),
  zones: z
    .array(z.strictObject({ name: z.string().min(1), address, ipv6Address: ipv6Address.optional() }))
    .min(1)
    .optional(),
  scheme: z.enum(["internet-facing", "internal"]).optional(),
  tags: tags.optional(),
  attributes: attributes.optional(),
  clientIp: z.enum(["auto", "loopback", "transparent", "off"]).optional(),
  listeners: z.array(listener).optional(),
  vpcEndpoints: z.array(vpcEndpoint).optional(),
});

const targetGroup = z.strictObject({
  name: name("target group"),
  protocol: z.literal("TCP").optional(),
  port,
  targetType: z.enum(["ip", "instance"]).optional(),
  tags: tags.optional(),
  healthCheck: z
    .strictObject({
      protocol: z.enum(["TCP", "HTTP", "HTTPS"]).optional(),
      port: z.union([inRange({ min: 1, max: 65_535 }), z.literal("traffic-port")]).optional(),
      path: z.string().optional(),
      intervalSeconds: inRange(healthCheckRanges.intervalSeconds).optional(),
      timeoutSeconds: inRange(healthCheckRanges.timeoutSeconds).optional(),
      healthyThreshold: inRange(healthCheckRanges.healthyThreshold).optional(),
      unhealthyThreshold: inRange(healthCheckRanges.healthyThreshold).optional(),
      matcher: z.string().optional(),
    })
    .optional(),
  attributes: attributes.optional(),
  targets: z
    .array(
      z.strictObject({
        id: z.string(),
        address: address.optional(),
        port: port.optional(),
        zone: z.string().optional(),
      }),
    )
    .optional(),
});

export const configSchema: z.ZodType<EdgeProxyConfig, EdgeProxyConfig> = z.strictObject({
  admin: z.union([z.literal(false), admin]).optional(),
  timeScale: z.number().gt(0).max(1).optional(),
  limits: z
    .strictObject({
      maxFlows: z.int().min(1).optional(),
      maxFlowsPerSource: z.int().min(1).optional(),
      flowsPerTarget: z.int().min(1).max(55_000).optional(),
      connectTimeoutSeconds: z.number().gt(0).max(300).optional(),
    })
    .optional(),
  flowLog: z.union([z.literal(false), z.strictObject({ file: z.string().min(1).optional() })]).optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: "must be an AWS region such as 'us-east-1'" })
    .optional(),
  dns: z
    .union([z.literal(false), z.strictObject({ address: address.optional(), port: listeningPort.optional() })])
    .optional(),
  stateFile: z.string().min(1).optional(),
  instances: z
    .record(
      z.string().regex(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/, { error: "must be 'i-' and 8 or 17 hex digits" }),
      address,
    )
    .optional(),
  subnets: z
    .array(
      z.strictObject({
        id: z.string().regex(/^subnet-[0-9a-zA-Z-]+$/, { error: "must be 'subnet-' and letters or digits" }),
        zone: z.string().min(1),
        address,
        ipv6Address: ipv6Address.optional(),
      }),
    )
    .optional(),
  loadBalancers: z.array(loadBalancer).optional(),
  targetGroups: z.array(targetGroup).optional(),
});
