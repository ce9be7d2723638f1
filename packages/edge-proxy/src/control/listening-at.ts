import type { Model } from "../model/model.ts";
import { entryPlaces } from "./entry-places.ts";
import type { Listening } from "./find-entry.ts";

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

/** The nodes of each load balancer in the model's order, then its VPC endpoints; undefined for one that does not listen. */
export function listeningAt(model: Model, listening: Listening): (ListeningAt | undefined)[] {
  return model.loadBalancers.flatMap((loadBalancer) =>
    entryPlaces(loadBalancer).map(({ key, zone, listener, vpcEndpointId }) => {
      const bound = listening(key);
      return (
        bound && {
          loadBalancer: loadBalancer.name,
          protocol: "TCP" as const,
          address: bound.address,
          port: bound.port,
          zone: zone.name,
          ...(vpcEndpointId === undefined ? {} : { vpcEndpointId }),
          targetGroups: listener.targetGroups,
        }
      );
    }),
  );
}
