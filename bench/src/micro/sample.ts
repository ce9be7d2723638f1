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
  readonly bytes: readonly Buffer[];
}

/** Few enough for all of their headers to stay in the first-level cache. */
const CLIENTS = 64;
/** Far more than any decoder remembers, and few enough for the second-level cache. */
const STRANGERS = 1024;

/**
 * Connections of different clients through one VPC endpoint to one listener: what a target behind a load balancer sees.
 * The first one is the PrivateLink header of `aws/elastic-load-balancing-tools`, captured from a Network Load Balancer.
 */
export const clientsOfOneEndpoint: readonly Answer[] = connections(CLIENTS, (turn) => ({
  source: { address: `172.31.${(7 + turn) % CLIENTS}.113`, port: 51442 + turn },
  destination: { address: "172.31.10.31", port: 80 },
  vpcEndpointId: "vpce-08d2bf15fac5001c9",
}));

/** Connections that have nothing in common, so that a decoder gains nothing by remembering those before. */
export const strangers: readonly Answer[] = connections(STRANGERS, (turn) => ({
  source: { address: `203.${turn >> 8}.${turn & 0xff}.7`, port: 40000 + turn },
  destination: { address: `10.${turn >> 8}.${turn & 0xff}.5`, port: 443 },
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
  return { answers, bytes: headers };
}

function connections(count: number, connection: (turn: number) => Answer): readonly Answer[] {
  return Array.from({ length: count }, (_, turn) => connection(turn));
}
