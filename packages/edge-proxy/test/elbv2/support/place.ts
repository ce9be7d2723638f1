/**
 * Addresses and ports that belong to this process, so that test files which run side by side can all listen on port 8080: the API,
 * as AWS, knows no port 0. Linux takes any address of 127.0.0.0/8.
 */
export interface Zone {
  readonly name: string;
  readonly subnetId: string;
  /** Of the node. */
  readonly address: string;
}

const block = process.pid % 2 ** 19;
const prefix = `127.${128 + (block >> 12)}.${(block >> 4) & 255}`;

function zone(letter: string, index: number): Zone {
  const subnetId = `subnet-${letter.repeat(17)}`;
  return { name: `us-east-1${letter}`, subnetId, address: `${prefix}.${((block & 15) << 4) | (index + 1)}` };
}

export const zones: readonly [Zone, Zone, Zone] = [zone("a", 0), zone("b", 1), zone("c", 2)];
/** This process's own port, for nodes on addresses that others use too: `::1`, of which there is only one, and 127.0.0.1. */
export const ownPort: number = 20_000 + (process.pid % 10_000);
/** Not a node's and not a target's, so that a flow never leads back to its sender. */
export const clientAddress = "127.0.0.9";
export const listenerPort = 8080;
