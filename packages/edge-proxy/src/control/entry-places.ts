import { hostPort } from "../model/host-port.ts";
import { type Listener, type LoadBalancer, nodeAddresses, type Zone } from "../model/load-balancer.ts";

/** One place where a load balancer takes clients in: a listener on an address of a node, or a VPC endpoint. */
export interface EntryPlace {
  /** Address and port where they are configured, so that the sockets stay when a load balancer or zone is renamed. */
  readonly key: string;
  /** The place and whose it is, for counting its flows. */
  readonly name: string;
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
export function entryPlaces({ name: owner, listeners, zones, vpcEndpoints }: LoadBalancer): EntryPlace[] {
  const nodes = listeners.flatMap((listener, i) =>
    zones.flatMap((zone) =>
      nodeAddresses(zone).map((address) => {
        const { port } = listener;
        const name = `${owner}/${portName(port, i)}/${zone.name}@${address}`;
        return { key: keyOf(name, address, port), name, address, port, nodeAddress: address, zone, listener };
      }),
    ),
  );
  const endpoints = vpcEndpoints.flatMap(({ id, address, port, listenerPort, zone: zoneName }, i) => {
    const listener = listeners.find((candidate) => candidate.port === listenerPort);
    const zone = zones.find((candidate) => candidate.name === zoneName);
    if (listener === undefined || zone === undefined) return [];
    const name = `${owner}/${id}@${address}:${portName(port, i)}`;
    const key = keyOf(name, address, port);
    return [{ key, name, address, port, nodeAddress: zone.address, zone, listener, vpcEndpointId: id }];
  });
  return [...nodes, ...endpoints];
}

function keyOf(name: string, address: string, port: number): string {
  return port === 0 ? name : hostPort(address, port);
}

/** Several places may leave the port to the kernel; their position tells them apart. */
function portName(port: number, position: number): string {
  return port === 0 ? `#${position}` : `${port}`;
}
