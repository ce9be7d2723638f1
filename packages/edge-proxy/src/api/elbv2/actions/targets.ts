import { BlockList, isIP } from "node:net";
import { describeTargetHealth as describeTargetHealthOf, initialState, type TargetHealth } from "@edgekit/health";
import { describeTarget, type TargetHealthDescription } from "../../../control/describe-target-health.ts";
import { type Target, type TargetGroup, targetKey } from "../../../model/target-group.ts";
import type { Action, ApiHost } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { withTargetGroup } from "../edit.ts";
import { findTargetGroup } from "../lookup.ts";
import type { Params } from "../params.ts";
import type { Shape } from "../xml.ts";

const maxTargets = 1000;

export const registerTargets: Action = ({ params, model, host }) => {
  const group = findTargetGroup(model, params.required("TargetGroupArn"));
  const targets = new Map(group.targets.map((target) => [targetKey(target), target]));
  const registered = descriptions(params).map((description) => toTarget(description, group, host));
  for (const target of registered) targets.set(targetKey(target), target);
  if (targets.size > maxTargets) {
    throw new ApiError("TooManyTargets", `The maximum number of targets per target group is '${maxTargets}'`);
  }
  return {
    model: withTargetGroup(model, group, { ...group, targets: [...targets.values()] }),
    registered: { group: group.name, targets: registered.map(targetKey) },
  };
};

/** A target that is not registered is no error: it is gone already. */
export const deregisterTargets: Action = ({ params, model }) => {
  const group = findTargetGroup(model, params.required("TargetGroupArn"));
  const gone = new Set(descriptions(params).map((description) => targetKey(idAndPortOf(description, group))));
  const targets = group.targets.filter((target) => !gone.has(targetKey(target)));
  return { model: withTargetGroup(model, group, { ...group, targets }) };
};

export const describeTargetHealth: Action = ({ params, model, host }) => {
  const group = findTargetGroup(model, params.required("TargetGroupArn"));
  const known = host.targetHealth(group.name);
  const wanted = params.list("Targets");
  if (wanted.length === 0) return { result: { TargetHealthDescriptions: known.map(shape) } };
  const asked = wanted.map((description) => {
    const target = idAndPortOf(description, group);
    const registered = known.find(({ Target }) => Target.Id === target.id && Target.Port === target.port);
    return registered ?? describeTarget(group, { target, health: notRegistered });
  });
  return { result: { TargetHealthDescriptions: asked.map(shape) } };
};

function shape({ Target, HealthCheckPort, TargetHealth }: TargetHealthDescription): Shape {
  return {
    Target: { ...Target },
    HealthCheckPort,
    TargetHealth: { ...TargetHealth },
    AdministrativeOverride: { State: "no_override", Reason: "AdministrativeOverride.NoOverride" },
  };
}

/** The state of a target before anybody registers it. */
const notRegistered: TargetHealth = describeTargetHealthOf(initialState());

function descriptions(params: Params): readonly Params[] {
  const all = params.list("Targets");
  if (all.length === 0) throw ApiError.validation("At least one target must be specified");
  return all;
}

/** A target without a port has its group's. */
function idAndPortOf(description: Params, group: TargetGroup): Pick<Target, "id" | "port"> {
  return {
    id: description.required("Id"),
    port: description.integer("Port", { min: 1, max: 65_535 }) ?? group.port,
  };
}

function toTarget(description: Params, group: TargetGroup, host: ApiHost): Target {
  const { id, port } = idAndPortOf(description, group);
  const address = group.targetType === "instance" ? instanceAddress(id, host) : checkedAddress(id, group);
  // Nothing on one machine says in which zone an address is.
  const zone = description.has("AvailabilityZone") ? description.required("AvailabilityZone") : "all";
  return { id, address, port, zone };
}

function instanceAddress(id: string, { instances }: ApiHost): string {
  if (!/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw new ApiError("InvalidTarget", `The following targets are not valid instance IDs: '${id}'`);
  }
  const address = instances.get(id);
  if (address !== undefined) return address;
  throw new ApiError(
    "InvalidTarget",
    `The following targets are not in a running state and cannot be registered: '${id}' ` +
      `(say where it is reached: under instances in the config, or with --instance ${id}=ADDRESS)`,
  );
}

/** The networks in which AWS allows IP targets, and this machine itself. Any IPv6 address may be in a VPC's subnet. */
const allowed = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
] as const) {
  allowed.addSubnet(network, prefix);
}

function checkedAddress(id: string, group: TargetGroup): string {
  const family = isIP(id);
  if (family === 0) throw ApiError.validation(`The IP address '${id}' is not a valid IPv4 or IPv6 address`);
  if ((family === 6) !== (group.ipAddressType === "ipv6")) {
    const wanted = group.ipAddressType === "ipv6" ? "IPv6" : "IPv4";
    throw ApiError.validation(`The IP address '${id}' is not a valid ${wanted} address`);
  }
  if (family === 4 && !allowed.check(id)) {
    throw ApiError.validation(
      `The IP address '${id}' is not allowed, as it must be an address from a VPC subnet, RFC1918, or RFC6598`,
    );
  }
  return id;
}
