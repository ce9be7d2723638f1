/**
 * What the data plane knows: an immutable snapshot that is replaced as a whole. A new flow reads one `Entry` and keeps it, so
 * it sees the old table or the new one and never a mix. Plain data, so that it can be sent to another process.
 */
export interface Routes {
  /** By `Entry.key`. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** An address and port where clients come in: one node's listener, or a VPC endpoint. */
export interface Entry {
  /** Identifies the entry, and stays the same from snapshot to snapshot as long as clients connect to the same place. */
  readonly key: string;
  /** What its flows are counted by: the place, and whose it is. */
  readonly name: string;
  readonly loadBalancer: string;
  /** Where to listen; port 0 lets the kernel choose. */
  readonly address: string;
  readonly port: number;
  /** The port of the load balancer's listener. A VPC endpoint has a `port` of its own beside it. */
  readonly listenerPort: number;
  readonly zone: string;
  /** The node's address, which targets see where the client's is not preserved. */
  readonly nodeAddress: string;
  /** Set for a VPC endpoint: clients come in through PrivateLink. */
  readonly vpcEndpointId?: string;
  /** How client addresses are preserved for target groups that ask for it. */
  readonly clientIp: ClientIpWay;
  /** A flow in which no byte has moved for this long expires. */
  readonly idleTimeoutMs: number;
  /** New flows are spread over these by weight. */
  readonly forward: readonly Forward[];
  /** Where rules send the clients of an address family elsewhere. */
  readonly forwardByFamily?: { readonly [Family in 4 | 6]: readonly Forward[] | undefined };
}

/** Whose listener an entry is, in words for a message. */
export function entryOwner({ loadBalancer, vpcEndpointId }: Entry): string {
  return vpcEndpointId === undefined ? `load balancer '${loadBalancer}'` : `VPC endpoint '${vpcEndpointId}'`;
}

/**
 * - `transparent`: address and port of every client
 * - `loopback`: only the address, and only of clients inside 127.0.0.0/8
 * - `off`: not at all; targets see the node's address
 */
export type ClientIpWay = "transparent" | "loopback" | "off";

/** A target group as one node sees it. */
export interface Forward {
  readonly group: string;
  /** 0 and more; with 0 the group gets no new flows. */
  readonly weight: number;
  /** Whether and when the target gets a PROXY header. */
  readonly proxyHeader: "none" | "on_first_ack" | "on_first_ack_with_payload";
  readonly preserveClientIp: boolean;
  /** The targets that new flows may go to. */
  readonly targets: readonly TargetRoute[];
  /** Only with source-IP stickiness: a look-up table of positions in `targets`, never empty. */
  readonly stickyTable?: Uint16Array;
  /** Too few targets are healthy, so `targets` includes the unhealthy ones. */
  readonly failOpen: boolean;
}

export interface TargetRoute {
  /** Identifies the target within its group. */
  readonly key: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** Address and port: the same for all registrations of one server. */
  readonly endpoint: string;
}
