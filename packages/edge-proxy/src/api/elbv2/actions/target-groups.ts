import { defaultAttributes } from "../../../model/attribute.ts";
import {
  checkHealthCheck,
  completeHealthCheck,
  type HealthCheckInput,
  healthCheckPortProblem,
} from "../../../model/health-check.ts";
import { userOf } from "../../../model/model.ts";
import { nameProblem } from "../../../model/name.ts";
import type { TargetGroup } from "../../../model/target-group.ts";
import { checkTargetGroupAttributes, targetGroupAttributeTable } from "../../../model/target-group-attributes.ts";
import { targetGroupProtocols } from "../../../model/target-group-protocol.ts";
import type { Action } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { withTargetGroup } from "../edit.ts";
import { findLoadBalancer, findTargetGroup, targetGroupIfThere } from "../lookup.ts";
import { page } from "../paging.ts";
import type { Params } from "../params.ts";
import { targetGroupShape } from "../shapes/target-group-shape.ts";
import { type AttributeWords, attributesShape, changedAttributes } from "./attributes.ts";
import { tagsOf } from "./tags.ts";

const maxTargetGroups = 3000;

export const createTargetGroup: Action = ({ params, model, region, host }) => {
  const name = params.required("Name");
  checkName(name);
  const targetType = params.oneOf("TargetType", ["instance", "ip", "lambda", "alb"]) ?? "instance";
  if (targetType === "lambda" || targetType === "alb") {
    throw ApiError.invalidConfiguration(
      `Target type '${targetType}' is not provided here: only 'instance' and 'ip' are`,
    );
  }
  const protocol = protocolOf(params);
  if (!params.has("Port")) throw ApiError.validation("A port must be specified");
  const port = params.integer("Port", { min: 1, max: 65_535 }) ?? 0;
  const vpcId = params.string("VpcId");
  if (vpcId === undefined || vpcId === "") throw ApiError.validation("A VPC ID must be specified");
  if (!/^vpc-[0-9a-zA-Z]+$/.test(vpcId)) throw ApiError.validation(`The VPC ID '${vpcId}' is not found`);
  if (params.has("ProtocolVersion")) {
    throw ApiError.invalidConfiguration(
      `You cannot specify the protocol version for a target group with the '${protocol}' protocol`,
    );
  }
  const input = healthCheckOf(params);
  check(input, params, targetType);
  const group: TargetGroup = {
    name,
    identity: { id: host.newId(), region, tags: tagsOf(params), origin: { by: "api" }, createdAtMs: host.nowMs() },
    protocol,
    port,
    targetType,
    vpcId,
    ipAddressType: params.oneOf("IpAddressType", ["ipv4", "ipv6"]) ?? "ipv4",
    healthCheck: completeHealthCheck(input),
    attributes: defaultAttributes(targetGroupAttributeTable, { targetType, protocol }),
    targets: [],
  };
  const known = model.targetGroups.find((candidate) => candidate.name === name);
  if (known !== undefined) {
    if (settingsOf(known) === settingsOf(group)) return { result: { TargetGroups: [targetGroupShape(known, model)] } };
    const words = `A target group with the same name '${name}' exists, but with different settings`;
    throw new ApiError("DuplicateTargetGroupName", words);
  }
  if (model.targetGroups.length >= maxTargetGroups) {
    throw new ApiError("TooManyTargetGroups", "The maximum number of target groups has been reached");
  }
  const changed = { ...model, targetGroups: [...model.targetGroups, group] };
  return { result: { TargetGroups: [targetGroupShape(group, changed)] }, model: changed };
};

export const describeTargetGroups: Action = ({ params, model }) => {
  const arns = params.strings("TargetGroupArns");
  const names = params.strings("Names");
  const ofLoadBalancer = params.string("LoadBalancerArn");
  if ([arns.length > 0, names.length > 0, ofLoadBalancer !== undefined].filter(Boolean).length > 1) {
    throw ApiError.validation("Target group ARNs, names and a load balancer ARN cannot be specified at the same time");
  }
  const byName = (name: string): TargetGroup => {
    const found = model.targetGroups.find((candidate) => candidate.name === name);
    if (found === undefined) throw new ApiError("TargetGroupNotFound", "One or more target groups not found");
    return found;
  };
  const asked = [...arns.map((arn) => findTargetGroup(model, arn)), ...names.map(byName)];
  const user = ofLoadBalancer === undefined ? undefined : findLoadBalancer(model, ofLoadBalancer);
  const used = user && model.targetGroups.filter((group) => userOf(group, model) === user);
  const { items, NextMarker } = page(used ?? (asked.length > 0 ? asked : model.targetGroups), params);
  return { result: { TargetGroups: items.map((item) => targetGroupShape(item, model)), NextMarker } };
};

export const modifyTargetGroup: Action = ({ params, model }) => {
  const group = findTargetGroup(model, params.required("TargetGroupArn"));
  const change = healthCheckOf(params);
  const { path, matcher, ...kept } = group.healthCheck;
  // A group that changes to TCP checks loses what only HTTP checks have.
  const http = (change.protocol ?? kept.protocol) !== "TCP";
  const before = http ? { ...kept, path: path ?? undefined, matcher: matcher ?? undefined } : kept;
  const input = { ...before, ...change };
  check(input, params, group.targetType);
  const changed = { ...group, healthCheck: completeHealthCheck(input) };
  const after = withTargetGroup(model, group, changed);
  return { result: { TargetGroups: [targetGroupShape(changed, after)] }, model: after };
};

export const deleteTargetGroup: Action = ({ params, model }) => {
  const arn = params.required("TargetGroupArn");
  const group = targetGroupIfThere(model, arn);
  if (group === undefined) return {};
  if (userOf(group, model) !== undefined) {
    throw new ApiError("ResourceInUse", `Target group '${arn}' is currently in use by a listener or a rule`);
  }
  return { model: withTargetGroup(model, group, undefined) };
};

export const describeTargetGroupAttributes: Action = ({ params, model }) => {
  const { attributes } = findTargetGroup(model, params.required("TargetGroupArn"));
  return { result: attributesShape(targetGroupAttributeTable, attributes) };
};

export const modifyTargetGroupAttributes: Action = ({ params, model }) => {
  const group = findTargetGroup(model, params.required("TargetGroupArn"));
  const attributes = changedAttributes(targetGroupAttributeTable, group.attributes, params, wordsFor(group));
  const [problem] = checkTargetGroupAttributes(attributes, group);
  if (problem !== undefined) throw ApiError.invalidConfiguration(problem.message);
  return {
    result: attributesShape(targetGroupAttributeTable, attributes),
    model: withTargetGroup(model, group, { ...group, attributes }),
  };
};

/** Attributes of the target groups of other load balancers. */
const foreignKeys =
  /^(slow_start|lambda|target_failover|load_balancing\.algorithm|stickiness\.(lb_cookie|app_cookie))\b/;

function wordsFor({ protocol }: TargetGroup): AttributeWords {
  return {
    kind: "Target group",
    duplicate: (key) => `Target group attribute keys must be unique: '[${key}]'`,
    elsewhere: (key) =>
      foreignKeys.test(key)
        ? `A target group with ${protocol} protocol does not support the attribute ${key}`
        : undefined,
  };
}

function checkName(name: string): void {
  const problem = nameProblem("target group", name);
  if (problem === undefined) return;
  if (name.length > 32) throw ApiError.validation(problem);
  const form = "Member must satisfy regular expression pattern: (?!^-)(?!.*-$)^[A-Za-z0-9-]+$";
  throw ApiError.constraint(name, "targetGroupName", form);
}

function protocolOf(params: Params): TargetGroup["protocol"] {
  if (!params.has("Protocol")) throw ApiError.validation("A protocol must be specified");
  const all = ["HTTP", "HTTPS", "GENEVE", ...targetGroupProtocols] as const;
  const protocol = params.oneOf("Protocol", all) ?? "TCP";
  if (protocol === "HTTP" || protocol === "HTTPS" || protocol === "GENEVE") {
    throw ApiError.invalidConfiguration(
      `Target groups with the protocol '${protocol}' are of other load balancers, which are not provided here`,
    );
  }
  return protocol;
}

function healthCheckOf(params: Params): HealthCheckInput {
  const protocol = params.string("HealthCheckProtocol");
  if (protocol !== undefined && protocol !== "TCP" && protocol !== "HTTP" && protocol !== "HTTPS") {
    throw ApiError.invalidConfiguration(`Health check protocol '${protocol}' must be one of 'HTTP, HTTPS, TCP'`);
  }
  const given = {
    protocol,
    port: healthCheckPortOf(params),
    path: params.string("HealthCheckPath"),
    intervalSeconds: params.integer("HealthCheckIntervalSeconds"),
    timeoutSeconds: params.integer("HealthCheckTimeoutSeconds"),
    healthyThreshold: params.integer("HealthyThresholdCount"),
    unhealthyThreshold: params.integer("UnhealthyThresholdCount"),
    matcher: params.struct("Matcher").string("HttpCode"),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Which numbers may be a port is for the model to say. */
function healthCheckPortOf(params: Params): HealthCheckInput["port"] {
  const text = params.string("HealthCheckPort");
  if (text === undefined || text === "traffic-port") return text;
  if (!/^\d{1,9}$/.test(text)) throw ApiError.validation(healthCheckPortProblem(text));
  return Number(text);
}

function check(input: HealthCheckInput, params: Params, targetType: TargetGroup["targetType"]): void {
  if (params.boolean("HealthCheckEnabled") === false) {
    throw ApiError.invalidConfiguration(
      `Health check enabled must be true for target groups with target type '${targetType}'`,
    );
  }
  const [problem] = checkHealthCheck(input);
  if (problem !== undefined) throw ApiError.validation(problem.message);
}

/** What makes a second creation the same as the first. */
function settingsOf({ protocol, port, targetType, vpcId, ipAddressType, healthCheck }: TargetGroup): string {
  return JSON.stringify([protocol, port, targetType, vpcId, ipAddressType, healthCheck]);
}
