import { type Listener, type LoadBalancer, nodeAddresses, type Zone } from "../model/load-balancer.ts";

/** One place where a load balancer takes clients in: a listener on an address of a node, or a VPC endpoint. */
export interface EntryPlace {
  /** Stays the same as long as the place does. */
  readonly key: string;
  readonly address: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  /** The address of the node behind it. */
  readonly nodeAddress: string;
  readonly zone: Zone;
  readonly listener: Listener;
  /** Set for a VPC endpoint. */
  readonly vpcEndpointId?: string;
}

/** Every place of a load balancer: its nodes, listener by listener in the model's order, then its VPC endpoints. */
export function entryPlaces({ name, listeners, zones, vpcEndpoints }: LoadBalancer): EntryPlace[] {
  const nodes = listeners.flatMap((listener, i) =>
    zones.flatMap((zone) =>
      nodeAddresses(zone).map((address) => {
        const key = `${name}/${portName(listener.port, i)}/${zone.name}@${address}`;
        return { key, address, port: listener.port, nodeAddress: address, zone, listener };
      }),
    ),
  );
  const endpoints = vpcEndpoints.flatMap(({ id, address, port, listenerPort, zone: zoneName }, i) => {
    const listener = listeners.find((candidate) => candidate.port === listenerPort);
    const zone = zones.find((candidate) => candidate.name === zoneName);
    if (listener === undefined || zone === undefined) return [];
    const key = `${name}/${id}@${address}:${portName(port, i)}`;
    return [{ key, address, port, nodeAddress: zone.address, zone, listener, vpcEndpointId: id }];
  });
  return [...nodes, ...endpoints];
}

/** Several places may leave the port to the kernel; their position tells them apart. */
function portName(port: number, position: number): string {
  return port === 0 ? `#${position}` : `${port}`;
}
