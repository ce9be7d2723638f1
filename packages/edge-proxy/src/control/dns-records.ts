import { type GroupVerdict, zonesInDns } from "@edgekit/health";
import { dnsDomain, dnsName } from "../model/arn.ts";
import { groupNames, nodeAddresses, type Zone } from "../model/load-balancer.ts";
import type { Model } from "../model/model.ts";

/** How a target group stands in each zone; undefined for one that is not watched yet. */
export type VerdictsOf = (group: string) => ReadonlyMap<string, GroupVerdict> | undefined;

export interface DnsRecordsOptions {
  /** The current model. */
  readonly model: () => Model;
  /** The current config's region. */
  readonly region: () => string;
  readonly verdictsOf: VerdictsOf;
}

/** What a DNS name stands for. */
interface Name {
  readonly zones: readonly Zone[];
  /** The groups whose health decides which zones are in the answer; undefined for a zonal name. */
  readonly groups: readonly string[] | undefined;
}

/**
 * The names of all load balancers. They are worked out once per model, so that a query costs the same for any number of them.
 */
export class DnsRecords {
  readonly #options: DnsRecordsOptions;
  #model: Model | undefined;
  #names: ReadonlyMap<string, Name> = new Map();
  #regions: readonly string[] = [];

  constructor(options: DnsRecordsOptions) {
    this.#options = options;
  }

  /** The domains that this server answers for. A name in one of them that no load balancer has does not exist. */
  domains(): string[] {
    this.#follow();
    return [...new Set([this.#options.region(), ...this.#regions])].map(dnsDomain);
  }

  /**
   * The addresses that a name stands for, in lower case and without the final dot: those of a load balancer's healthy zones,
   * or of one zone. A zonal name is for clients that want this zone and no other, so that health does not change its answer.
   * Undefined when nobody has the name. Source: NLB user guide, "DNS name" and "Load balancer zonal health".
   */
  addresses(name: string): readonly string[] | undefined {
    this.#follow();
    const found = this.#names.get(name);
    if (found === undefined) return undefined;
    const { zones, groups } = found;
    const inDns = groups === undefined ? zones : healthyZones(zones, groups, this.#options.verdictsOf);
    return [...new Set(inDns.flatMap(nodeAddresses))];
  }

  #follow(): void {
    const model = this.#options.model();
    if (model === this.#model) return;
    this.#model = model;
    this.#names = namesOf(model);
    this.#regions = model.loadBalancers.map(({ identity }) => identity.region);
  }
}

function namesOf({ loadBalancers }: Model): Map<string, Name> {
  const names = new Map<string, Name>();
  for (const loadBalancer of loadBalancers) {
    const { zones, listeners } = loadBalancer;
    const own = dnsName(loadBalancer).toLowerCase();
    if (zones.length > 0) names.set(own, { zones, groups: [...new Set(listeners.flatMap(groupNames))] });
    for (const zone of zones) {
      const zonal = `${zone.name.toLowerCase()}.${own}`;
      names.set(zonal, { zones: [...(names.get(zonal)?.zones ?? []), zone], groups: undefined });
    }
  }
  return names;
}

/** The zones in the answer: all of them when none is healthy. */
function healthyZones(zones: readonly Zone[], groups: readonly string[], verdictsOf: VerdictsOf): readonly Zone[] {
  const inDns = zonesInDns(
    zones.map(({ name }) => name),
    groups.flatMap((group) => verdictsOf(group) ?? []),
  );
  return zones.filter(({ name }) => inDns.includes(name));
}
