import { dnsName, loadBalancerArn } from "../../../model/arn.ts";
import type { LoadBalancer, Zone } from "../../../model/load-balancer.ts";
import type { ApiHost } from "../action.ts";
import type { Shape } from "../xml.ts";

/** AWS's hosted zones for the names of Network Load Balancers; other regions answer with the first. */
const hostedZones: Readonly<Record<string, string>> = {
  "us-east-1": "Z26RNL4JYFTOTI",
  "us-east-2": "ZLMOA37VPKANP",
  "us-west-1": "Z24FKFUX50B4VW",
};

/** AWS's `LoadBalancer`. */
export function loadBalancerShape(
  loadBalancer: LoadBalancer,
  host: Pick<ApiHost, "startedAtMs">,
  state: "provisioning" | "active" = "active",
): Shape {
  const { name, identity, network, zones } = loadBalancer;
  return {
    LoadBalancerArn: loadBalancerArn(loadBalancer),
    DNSName: dnsName(loadBalancer),
    CanonicalHostedZoneId: hostedZones[identity.region] ?? hostedZones["us-east-1"],
    CreatedTime: new Date(identity.createdAtMs ?? host.startedAtMs).toISOString(),
    LoadBalancerName: name,
    Scheme: network.scheme,
    VpcId: network.vpcId,
    State: { Code: state },
    Type: "network",
    AvailabilityZones: zones.map((zone) => zoneShape(zone)),
    ...(network.securityGroups.length > 0
      ? {
          SecurityGroups: network.securityGroups,
          EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: network.enforceInboundRulesOnPrivateLink,
        }
      : {}),
    IpAddressType: network.ipAddressType,
    EnablePrefixForIpv6SourceNat: "off",
  };
}

/**
 * AWS's `AvailabilityZone`. Clients cannot guess a node's addresses here, so that they are always given, each in an entry of its own.
 * `PrivateIPv4Address` is the caller's choice alone, as on AWS: Terraform reads it back, from the first entry, and takes
 * one that it did not ask for as a change to undo.
 */
export function zoneShape({ name, subnetId, address, addressIsAskedFor, ipv6Address }: Zone): Shape {
  return {
    ZoneName: name,
    SubnetId: subnetId,
    LoadBalancerAddresses: [
      { IpAddress: address, PrivateIPv4Address: addressIsAskedFor ? address : undefined },
      ...(ipv6Address === undefined ? [] : [{ IPv6Address: ipv6Address }]),
    ],
  };
}
