import { isIPv4 } from "node:net";
import { type LoadBalancer, nodeAddresses, type Zone } from "../../model/load-balancer.ts";
import type { Model } from "../../model/model.ts";
import { ApiError } from "./api-error.ts";

/** A subnet whose zone and node address somebody has chosen. */
export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly address: string;
  readonly ipv6Address?: string | undefined;
}

/** What a subnet id stands for. */
interface Place {
  readonly zone: string;
  /** Of the first node in it. */
  readonly address: string;
  readonly ipv6Address?: string | undefined;
  /** Every node in it has this address, because somebody wants it so. */
  readonly isChosen: boolean;
}

/** macOS and the BSDs have 127.0.0.1 only. */
const systemsWithLoopbackNet: readonly string[] = ["linux", "win32"];
const letters = "abcdefghijklmnopqrstuvwxyz";

/**
 * Where nodes are: there is no network behind subnet ids here, so each one is a zone of its own with addresses of this machine.
 * Ids that a config or a load balancer already has keep their zone; a new one gets the next free letter `a`, `b` … of the region.
 *
 * Each load balancer has a node of its own in a subnet, as it has a network interface of its own on AWS: the first one gets
 * 127.0.0.1 in zone `a` and 127.0.1.1 in zone `b`, the second one 127.1.0.1 and 127.1.1.1. Addresses that a config has chosen are
 * not varied, and neither are those outside of 127.0.0.0/8: which of them this machine has is not ours to say.
 */
export class Subnets {
  readonly #configured: readonly Subnet[];
  readonly #hasLoopbackNet: boolean;

  /** @param hasLoopbackNet whether all of 127.0.0.0/8 is there without being asked for; otherwise load balancers share addresses */
  constructor(
    configured: readonly Subnet[],
    hasLoopbackNet: boolean = systemsWithLoopbackNet.includes(process.platform),
  ) {
    this.#configured = configured;
    this.#hasLoopbackNet = hasLoopbackNet;
  }

  /**
   * @param owner whose nodes they are, if it is there already: it keeps the addresses that it has
   * @throws ApiError `InvalidSubnet`, `ValidationError`, `SubnetNotFound`
   */
  zones(ids: readonly string[], model: Model, region: string, owner: LoadBalancer | undefined): Zone[] {
    const places = this.#places(model);
    const taken = new Set([...this.#configured.map(({ address }) => address), ...addressesOfOthers(model, owner)]);
    return ids.map((id) => {
      const place = places.get(id) ?? nextFree(id, region, places.values());
      places.set(id, place);
      const kept = owner?.zones.find(({ subnetId }) => subnetId === id)?.address;
      const address = place.isChosen ? place.address : (kept ?? this.#ownAddress(place.address, taken));
      taken.add(address);
      const { zone, ipv6Address } = place;
      return { name: zone, subnetId: id, address, ...(ipv6Address === undefined ? {} : { ipv6Address }) };
    });
  }

  /** The address itself, or the first free one that differs in the second number: those around 127.0.0.1 are where servers listen. */
  #ownAddress(address: string, taken: ReadonlySet<string>): string {
    const isVaried = this.#hasLoopbackNet && isIPv4(address) && address.startsWith("127.");
    if (!isVaried || !taken.has(address)) return address;
    const [, , ...last] = address.split(".");
    const all = Array.from({ length: 256 }, (_, number) => ["127", number, ...last].join("."));
    return all.find((candidate) => !taken.has(candidate)) ?? address;
  }

  #places({ loadBalancers }: Model): Map<string, Place> {
    const places = new Map<string, Place>();
    for (const loadBalancer of loadBalancers) {
      for (const zone of loadBalancer.zones) {
        if (!places.has(zone.subnetId)) places.set(zone.subnetId, placeOf(zone, loadBalancer));
      }
    }
    for (const { id, ...rest } of this.#configured) places.set(id, { ...rest, isChosen: true });
    return places;
  }
}

function addressesOfOthers({ loadBalancers }: Model, owner: LoadBalancer | undefined): string[] {
  const others = loadBalancers.filter((loadBalancer) => loadBalancer !== owner);
  return others.flatMap(({ zones, vpcEndpoints }) => [
    ...zones.flatMap(nodeAddresses),
    ...vpcEndpoints.map(({ address }) => address),
  ]);
}

/** A zone that this API has made is known by its letter, whichever addresses its nodes have. */
function placeOf({ name, address, ipv6Address }: Zone, { identity }: LoadBalancer): Place {
  const { region, origin } = identity;
  const position = name.length === region.length + 1 && name.startsWith(region) ? letters.indexOf(name.slice(-1)) : -1;
  if (origin.by === "api" && position !== -1) return placeAt(region, position);
  return { zone: name, address, ipv6Address, isChosen: false };
}

function nextFree(id: string, region: string, known: Iterable<Place>): Place {
  if (!/^subnet-[0-9a-zA-Z-]+$/.test(id)) {
    throw new ApiError("SubnetNotFound", `The subnet ID '${id}' does not exist`);
  }
  const taken = new Set([...known].map(({ zone }) => zone));
  const position = [...letters].findIndex((letter) => !taken.has(region + letter));
  if (position === -1) throw new ApiError("InvalidSubnet", `There is no zone left for subnet '${id}'`);
  return placeAt(region, position);
}

function placeAt(region: string, position: number): Place {
  return {
    zone: `${region}${letters[position]}`,
    address: `127.0.${position}.1`,
    // This machine has one IPv6 address by default.
    ...(position === 0 ? { ipv6Address: "::1" } : {}),
    isChosen: false,
  };
}
