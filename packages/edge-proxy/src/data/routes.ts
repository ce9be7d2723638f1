/**
 * What the data plane knows: an immutable snapshot, replaced whole. A new flow reads one `Entry` of it and keeps that, so it
 * sees the old table or the new one and never a mix. Plain data: whatever can apply a snapshot can be a data plane.
 */
export interface Routes {
  /** By `Entry.key`. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** An address and port where clients come in: one node's listener, or a VPC endpoint. */
export interface Entry {
  /** Tells it from all others and stays the same from snapshot to snapshot. */
  readonly key: string;
  readonly loadBalancer: string;
  /** Where to listen; port 0 lets the kernel choose. */
  readonly address: string;
  readonly port: number;
  /** The port of the load balancer's listener; a VPC endpoint has another of its own. */
  readonly listenerPort: number;
  readonly zone: string;
  /** The node's address: what a target sees where the client's is not preserved. */
  readonly nodeAddress: string;
  /** Set where clients come through PrivateLink. */
  readonly vpcEndpointId?: string;
  /** How client addresses are preserved, for the target groups that ask for it. */
  readonly clientIp: ClientIpWay;
  /** A flow without a byte for so long is expired. */
  readonly idleTimeoutMs: number;
  /** New flows are spread over these by weight. */
  readonly forward: readonly Forward[];
  /** Where rules send the clients of an address family elsewhere. */
  readonly forwardByFamily?: { readonly [Family in 4 | 6]: readonly Forward[] | undefined };
}

/** Whose listener an entry is, for people. */
export function entryOwner({ loadBalancer, vpcEndpointId }: Entry): string {
  return vpcEndpointId === undefined ? `load balancer '${loadBalancer}'` : `VPC endpoint '${vpcEndpointId}'`;
}

/**
 * - `transparent`: address and port, of every client
 * - `loopback`: the address, of clients inside 127.0.0.0/8
 * - `off`: not at all; targets see the node's address
 */
export type ClientIpWay = "transparent" | "loopback" | "off";

/** A target group as one node sees it. */
export interface Forward {
  readonly group: string;
  /** From 0. */
  readonly weight: number;
  /** Whether and when the target gets a PROXY header. */
  readonly proxyHeader: "none" | "on_first_ack" | "on_first_ack_with_payload";
  readonly preserveClientIp: boolean;
  /** The targets that new flows may go to. */
  readonly targets: readonly TargetRoute[];
  /** With source-IP stickiness: a look-up table of positions in `targets`, never empty. */
  readonly stickyTable?: Uint16Array;
  /** Too few targets are healthy, so `targets` holds the unhealthy ones too. */
  readonly failOpen: boolean;
}

export interface TargetRoute {
  /** Of the target in its group. */
  readonly key: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** Address and port: the same for all that are really one server, whatever they are registered as. */
  readonly endpoint: string;
}
