import type { Zone } from "../../model/load-balancer.ts";
import type { Model } from "../../model/model.ts";
import { ApiError } from "./api-error.ts";

/** A subnet whose zone and node address somebody has chosen. */
export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly address: string;
  readonly ipv6Address?: string | undefined;
}

const letters = "abcdefghijklmnopqrstuvwxyz";

/**
 * Where nodes are: there is no network behind subnet ids here, so each one is a zone of its own with an address of this machine.
 * Ids that a config or a load balancer already has keep their zone; a new one gets the next free letter `a`, `b` … of the region
 * and the address 127.0.0.1, 127.0.1.1 ….
 */
export class Subnets {
  readonly #configured: readonly Subnet[];

  constructor(configured: readonly Subnet[]) {
    this.#configured = configured;
  }

  /** @throws ApiError `InvalidSubnet`, `ValidationError`, `SubnetNotFound` */
  zones(ids: readonly string[], model: Model, region: string): Zone[] {
    const known = new Map<string, Subnet>();
    for (const { zones } of model.loadBalancers) {
      for (const { subnetId, name, address, ipv6Address } of zones) {
        known.set(subnetId, { id: subnetId, zone: name, address, ipv6Address });
      }
    }
    for (const subnet of this.#configured) known.set(subnet.id, subnet);
    return ids.map((id) => {
      const subnet = known.get(id) ?? nextFree(id, region, known.values());
      known.set(id, subnet);
      const { zone, address, ipv6Address } = subnet;
      return { name: zone, subnetId: id, address, ...(ipv6Address === undefined ? {} : { ipv6Address }) };
    });
  }
}

function nextFree(id: string, region: string, known: Iterable<Subnet>): Subnet {
  if (!/^subnet-[0-9a-zA-Z-]+$/.test(id)) {
    throw new ApiError("SubnetNotFound", `The subnet ID '${id}' does not exist`);
  }
  const taken = new Set([...known].map(({ zone }) => zone));
  const position = [...letters].findIndex((letter) => !taken.has(region + letter));
  if (position === -1) throw new ApiError("InvalidSubnet", `There is no zone left for subnet '${id}'`);
  return {
    id,
    zone: `${region}${letters[position]}`,
    address: `127.0.${position}.1`,
    // This machine has one IPv6 address by default.
    ...(position === 0 ? { ipv6Address: "::1" } : {}),
  };
}
