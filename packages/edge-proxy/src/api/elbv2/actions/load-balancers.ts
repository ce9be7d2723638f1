import { isIPv4 } from "node:net";
import { defaultAttributes } from "../../../model/attribute.ts";
import { vpcOfThisMachine } from "../../../model/identity.ts";
import { type LoadBalancer, nodeAddresses, type Zone } from "../../../model/load-balancer.ts";
import { loadBalancerAttributeTable } from "../../../model/load-balancer-attributes.ts";
import { nameProblem } from "../../../model/name.ts";
import type { Action, Call } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { withLoadBalancer } from "../edit.ts";
import { findLoadBalancer, loadBalancerIfThere } from "../lookup.ts";
import { page } from "../paging.ts";
import type { Params } from "../params.ts";
import { loadBalancerShape, zoneShape } from "../shapes/load-balancer-shape.ts";
import { type AttributeWords, attributesShape, changedAttributes } from "./attributes.ts";
import { tagsOf } from "./tags.ts";

const maxLoadBalancers = 50;
const noSuch = "One or more load balancers not found";

export const createLoadBalancer: Action = (call) => {
  const { params, model, region, host } = call;
  const name = params.required("Name");
  const problem = nameProblem("load balancer", name);
  if (problem !== undefined) throw ApiError.validation(problem);
  const type = params.oneOf("Type", ["application", "network", "gateway"]) ?? "application";
  if (type !== "network") {
    throw ApiError.invalidConfiguration(
      `Load balancers of type '${type}' are not provided here: only 'network' is, and it has to be asked for`,
    );
  }
  const scheme = params.oneOf("Scheme", ["internet-facing", "internal"]) ?? "internet-facing";
  const ipAddressType = ipAddressTypeOf(params) ?? "ipv4";
  const known = model.loadBalancers.find((candidate) => candidate.name === name);
  const loadBalancer: LoadBalancer = {
    name,
    identity: { id: host.newId(), region, tags: tagsOf(params), origin: { by: "api" }, createdAtMs: host.nowMs() },
    network: {
      scheme,
      vpcId: vpcOfThisMachine,
      ipAddressType,
      securityGroups: securityGroupsOf(params),
      enforceInboundRulesOnPrivateLink: "on",
    },
    zones: zonesOf(call, { scheme, ipAddressType }, known),
    attributes: defaultAttributes(loadBalancerAttributeTable, { scheme }),
    clientIp: "auto",
    listeners: [],
    vpcEndpoints: [],
  };
  if (known !== undefined) {
    if (settingsOf(known) !== settingsOf(loadBalancer)) {
      const words = `A load balancer with the same name '${name}' exists, but with different settings`;
      throw new ApiError("DuplicateLoadBalancerName", words);
    }
    return { result: { LoadBalancers: [loadBalancerShape(known, host)] } };
  }
  if (model.loadBalancers.length >= maxLoadBalancers) {
    throw new ApiError("TooManyLoadBalancers", "The maximum number of load balancers has been reached");
  }
  return {
    result: { LoadBalancers: [loadBalancerShape(loadBalancer, host, "provisioning")] },
    model: { ...model, loadBalancers: [...model.loadBalancers, loadBalancer] },
  };
};

export const describeLoadBalancers: Action = ({ params, model, host }) => {
  const arns = params.strings("LoadBalancerArns");
  const names = params.strings("Names");
  if (arns.length > 0 && names.length > 0) {
    throw ApiError.validation("Load balancer ARNs and names cannot be specified at the same time");
  }
  const byName = (name: string): LoadBalancer => {
    const found = model.loadBalancers.find((candidate) => candidate.name === name);
    if (found === undefined) throw new ApiError("LoadBalancerNotFound", noSuch);
    return found;
  };
  const asked = [...arns.map((arn) => findLoadBalancer(model, arn, noSuch)), ...names.map(byName)];
  const all = asked.length > 0 ? asked : model.loadBalancers;
  const { items, NextMarker } = page(all, params);
  return { result: { LoadBalancers: items.map((item) => loadBalancerShape(item, host)), NextMarker } };
};

export const deleteLoadBalancer: Action = ({ params, model }) => {
  const arn = params.required("LoadBalancerArn");
  const loadBalancer = loadBalancerIfThere(model, arn);
  if (loadBalancer === undefined) return {};
  if (loadBalancer.attributes.deletionProtection) {
    const words = `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`;
    throw ApiError.notPermitted(words);
  }
  return { model: withLoadBalancer(model, loadBalancer, undefined) };
};

const words: AttributeWords = {
  kind: "Load balancer",
  duplicate: (key) => `Attribute key '${key}' has been specified more than once`,
  elsewhere: () => undefined,
};

export const describeLoadBalancerAttributes: Action = ({ params, model }) => {
  const { attributes } = findLoadBalancer(model, params.required("LoadBalancerArn"));
  return { result: attributesShape(loadBalancerAttributeTable, attributes) };
};

export const modifyLoadBalancerAttributes: Action = ({ params, model }) => {
  const loadBalancer = findLoadBalancer(model, params.required("LoadBalancerArn"));
  const attributes = changedAttributes(loadBalancerAttributeTable, loadBalancer.attributes, params, words);
  if (attributes.accessLogsEnabled && attributes.accessLogsBucket === "") {
    throw ApiError.invalidConfiguration("The key 'access_logs.s3.bucket' must set in order to enable access logs");
  }
  if (attributes.secondaryIps < loadBalancer.attributes.secondaryIps) {
    throw ApiError.invalidConfiguration("The number of secondary IP addresses cannot be decreased");
  }
  return {
    result: attributesShape(loadBalancerAttributeTable, attributes),
    model: withLoadBalancer(model, loadBalancer, { ...loadBalancer, attributes }),
  };
};

export const setSubnets: Action = (call) => {
  const { params, model } = call;
  const loadBalancer = findLoadBalancer(model, params.required("LoadBalancerArn"));
  const ipAddressType = ipAddressTypeOf(params) ?? loadBalancer.network.ipAddressType;
  const network = { ...loadBalancer.network, ipAddressType };
  const zones = zonesOf(call, network, loadBalancer);
  return {
    result: {
      AvailabilityZones: zones.map(zoneShape),
      IpAddressType: ipAddressType,
      EnablePrefixForIpv6SourceNat: "off",
    },
    model: withLoadBalancer(model, loadBalancer, { ...loadBalancer, zones, network }),
  };
};

export const setIpAddressType: Action = (call) => {
  const { params, model } = call;
  const loadBalancer = findLoadBalancer(model, params.required("LoadBalancerArn"));
  params.required("IpAddressType");
  const ipAddressType = ipAddressTypeOf(params) ?? "ipv4";
  const zones = placed(loadBalancer.zones, call, ipAddressType, loadBalancer);
  const network = { ...loadBalancer.network, ipAddressType };
  return {
    result: { IpAddressType: ipAddressType },
    model: withLoadBalancer(model, loadBalancer, { ...loadBalancer, zones, network }),
  };
};

export const setSecurityGroups: Action = ({ params, model }) => {
  const loadBalancer = findLoadBalancer(model, params.required("LoadBalancerArn"));
  const before = loadBalancer.network;
  const securityGroups = securityGroupsOf(params);
  const enforced = params.oneOf("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", ["on", "off"]);
  if (securityGroups.length === 0) {
    throw ApiError.invalidConfiguration(
      enforced === undefined
        ? "One or more security groups must be specified"
        : "One or more security groups must be specified when using EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    );
  }
  if (before.securityGroups.length === 0) {
    throw ApiError.invalidConfiguration(
      "Security groups cannot be associated with a Network Load Balancer that was created without security groups",
    );
  }
  const enforceInboundRulesOnPrivateLink = enforced ?? before.enforceInboundRulesOnPrivateLink;
  const network = { ...before, securityGroups, enforceInboundRulesOnPrivateLink };
  return {
    result: {
      SecurityGroupIds: securityGroups,
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: enforceInboundRulesOnPrivateLink,
    },
    model: withLoadBalancer(model, loadBalancer, { ...loadBalancer, network }),
  };
};

function ipAddressTypeOf(params: Params): "ipv4" | "dualstack" | undefined {
  return params.oneOf("IpAddressType", ["ipv4", "dualstack"]);
}

function securityGroupsOf(params: Params): readonly string[] {
  const ids = params.strings("SecurityGroups");
  const wrong = ids.find((id) => !/^sg-[0-9a-zA-Z]+$/.test(id));
  if (wrong !== undefined) throw new ApiError("InvalidSecurityGroup", `The security group ID '${wrong}' is not valid`);
  return ids;
}

/** Where a node is to be, with its address if that is settled. */
type Placement = Pick<Zone, "subnetId" | "addressIsAskedFor"> & Partial<Pick<Zone, "address">>;

function zonesOf(
  call: Call,
  { scheme, ipAddressType }: Pick<LoadBalancer["network"], "scheme" | "ipAddressType">,
  owner: LoadBalancer | undefined,
): readonly Zone[] {
  const subnets = call.params.strings("Subnets");
  const mappings = call.params.list("SubnetMappings");
  if (subnets.length > 0 && mappings.length > 0) {
    throw ApiError.validation("Only one of subnets or subnet mappings can be specified");
  }
  const placements = [
    ...subnets.map((subnetId) => ({ subnetId })),
    ...mappings.map((mapping) => placementOf(mapping, scheme)),
  ];
  if (placements.length === 0) throw ApiError.validation("At least one subnet must be specified");
  return placed(placements, call, ipAddressType, owner);
}

function placementOf(mapping: Params, scheme: LoadBalancer["network"]["scheme"]): Placement {
  const allocation = mapping.string("AllocationId");
  if (allocation !== undefined) {
    throw new ApiError("AllocationIdNotFound", `The allocation ID '${allocation}' does not exist`);
  }
  if (mapping.has("IPv6Address")) {
    throw ApiError.invalidConfiguration(
      "An IPv6 address cannot be chosen by a call here: give the subnet an ipv6Address under subnets in the config",
    );
  }
  const subnetId = mapping.required("SubnetId");
  const address = mapping.string("PrivateIPv4Address");
  if (address === undefined) return { subnetId };
  if (!isIPv4(address)) throw ApiError.validation(`'${address}' is not a valid IPv4 address`);
  if (scheme !== "internal") {
    throw ApiError.invalidConfiguration(
      "You can only specify private IPv4 addresses for Network Load Balancers with scheme 'internal'.",
    );
  }
  return { subnetId, address, addressIsAskedFor: true };
}

function placed(
  placements: readonly Placement[],
  { host, model, region }: Call,
  ipAddressType: "ipv4" | "dualstack",
  owner: LoadBalancer | undefined,
): readonly Zone[] {
  const zones = host.subnets.zones(
    placements.map(({ subnetId }) => subnetId),
    model,
    region,
    owner,
  );
  if (new Set(zones.map(({ name }) => name)).size < zones.length) {
    throw ApiError.invalidConfiguration(
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  const withAddresses = zones.map(({ name, subnetId, address, ipv6Address }, i): Zone => {
    const settled = placements[i];
    const asked = settled?.addressIsAskedFor ? ({ addressIsAskedFor: true } as const) : {};
    const second = ipAddressType === "dualstack" && ipv6Address !== undefined ? { ipv6Address } : {};
    return { name, subnetId, address: settled?.address ?? address, ...asked, ...second };
  });
  if (
    ipAddressType === "dualstack" &&
    withAddresses.flatMap(nodeAddresses).every((address) => !address.includes(":"))
  ) {
    throw new ApiError("InvalidSubnet", "The subnets of a dualstack load balancer must have an IPv6 address");
  }
  return withAddresses;
}

/** What makes a second creation the same as the first. */
function settingsOf({ network, zones }: LoadBalancer): string {
  const { scheme, ipAddressType, securityGroups } = network;
  const subnets = zones.map(({ subnetId, address }) => [subnetId, address]).sort();
  return JSON.stringify([scheme, ipAddressType, [...securityGroups].sort(), subnets]);
}
