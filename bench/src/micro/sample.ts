import { type Endpoint, nlbHeader } from "@edgekit/pp2";

/** What whoever decodes a header wants to know. */
export interface Answer {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly vpcEndpointId?: string;
}

/** Headers, or version 1 lines, with what they say. */
export interface Sample {
  readonly answers: readonly Answer[];
  readonly bytes: Rotation<Buffer>;
}

/** A power of two, and few enough for all of them to stay in the first-level cache. */
const SIZE = 64;

/**
 * Connections of different clients through one VPC endpoint to one listener: what a target behind a load balancer sees.
 * The first one is the PrivateLink header of `aws/elastic-load-balancing-tools`, captured from a Network Load Balancer.
 */
export const clientsOfOneEndpoint: readonly Answer[] = connections((turn) => ({
  source: { address: `172.31.${(7 + turn) % SIZE}.113`, port: 51442 + turn },
  destination: { address: "172.31.10.31", port: 80 },
  vpcEndpointId: "vpce-08d2bf15fac5001c9",
}));

/** Connections that have nothing in common, so that a decoder gains nothing by remembering the one before. */
export const strangers: readonly Answer[] = connections((turn) => ({
  source: { address: `203.0.${turn}.7`, port: 40000 + turn },
  destination: { address: `10.${turn}.0.5`, port: 443 },
  vpcEndpointId: `vpce-08d2bf15fac500${(0x100 + turn).toString(16)}`,
}));

/** As strangers, over IPv6. */
export const strangersOverIPv6: readonly Answer[] = strangers.map(({ source, destination, ...rest }, turn) => ({
  ...rest,
  source: { ...source, address: `2001:db8:85a3:${(turn + 1).toString(16)}::370:7334` },
  destination: { ...destination, address: `2600:1f18:${(turn + 1).toString(16)}::5` },
}));

/** Their headers, as a Network Load Balancer writes them; Buffers, as sockets hand them out. */
export function nlbSample(answers: readonly Answer[]): Sample {
  const headers = answers.map(({ source, destination, vpcEndpointId }) =>
    Buffer.from(nlbHeader({ source, destination, ...(vpcEndpointId && { awsVpcEndpointId: vpcEndpointId }) })),
  );
  return { answers, bytes: new Rotation(headers) };
}

/** One after the other, and again from the start. */
export class Rotation<T> {
  readonly items: readonly T[];
  #turn = 0;

  constructor(items: readonly T[]) {
    if (items.length !== SIZE) throw new RangeError(`a rotation has ${SIZE} items`);
    this.items = items;
  }

  next(): T {
    return this.items[this.#turn++ & (SIZE - 1)] as T;
  }
}

function connections(connection: (turn: number) => Answer): readonly Answer[] {
  return Array.from({ length: SIZE }, (_, turn) => connection(turn));
}
