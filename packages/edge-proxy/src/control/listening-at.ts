import { nodeAddresses } from "../model/load-balancer.ts";
import type { Model } from "../model/model.ts";
import { entryKeys } from "./entry-keys.ts";

/** A place where clients can connect. */
export interface ListeningAt {
  readonly loadBalancer: string;
  readonly protocol: "TCP";
  readonly zone: string;
  readonly address: string;
  /** The real one, also where the config says 0. */
  readonly port: number;
  /** Set for a PrivateLink endpoint. */
  readonly vpcEndpointId?: string;
  /** Where flows go, by weight. */
  readonly targetGroups: readonly { readonly name: string; readonly weight: number }[];
}

/** Address and port where an entry really listens, by its key. */
type Bound = (key: string) => { readonly address: string; readonly port: number } | undefined;

/** The nodes of each load balancer in the model's order, then its VPC endpoints; undefined for one that does not listen. */
export function listeningAt(model: Model, bound: Bound): (ListeningAt | undefined)[] {
  return model.loadBalancers.flatMap((loadBalancer) => {
    const keys = entryKeys(loadBalancer);
    const at = (
      key: string,
      rest: Pick<ListeningAt, "zone" | "vpcEndpointId" | "targetGroups">,
    ): ListeningAt | undefined => {
      const found = bound(key);
      if (found === undefined) return undefined;
      const { address, port } = found;
      return { loadBalancer: loadBalancer.name, protocol: "TCP", address, port, ...rest };
    };
    return [
      ...loadBalancer.listeners.flatMap(({ targetGroups }, i) =>
        loadBalancer.zones.flatMap((zone) =>
          nodeAddresses(zone).map((address) => at(keys.listener(i, zone, address), { zone: zone.name, targetGroups })),
        ),
      ),
      ...loadBalancer.vpcEndpoints.map(({ id, zone, listenerPort }, i) => {
        const listener = loadBalancer.listeners.find(({ port }) => port === listenerPort);
        return at(keys.endpoint(i), { zone, vpcEndpointId: id, targetGroups: listener?.targetGroups ?? [] });
      }),
    ];
  });
}
