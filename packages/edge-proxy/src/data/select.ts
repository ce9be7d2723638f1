import type { Entry, Forward, TargetRoute } from "./routes.ts";

/** What the choice of a target depends on. */
export interface FlowKey {
  readonly clientAddress: string;
  readonly clientPort: number;
  /** Stands in for the TCP sequence number, which a socket does not show: 32 random bits per connection. */
  readonly seed: number;
}

export interface Selection {
  readonly forward: Forward;
  readonly route: TargetRoute;
}

/**
 * Chooses the target group by weight, then a target of it. As on an NLB that is a hash over the protocol, both addresses and
 * ports and the sequence number, so that choices are even in the long run and not in turn; with stickiness, over the client's
 * address and the node.
 * @returns undefined when there is no target
 */
export function select(entry: Entry, flow: FlowKey): Selection | undefined {
  const hash = flowHash(entry, flow);
  const forward = chooseForward(forwardsFor(entry, flow), entry, flow, hash);
  if (forward === undefined) return undefined;
  const position =
    forward.stickyTable === undefined
      ? hash % forward.targets.length
      : stickyPosition(forward.stickyTable, entry, flow);
  const route = forward.targets[position];
  return route === undefined ? undefined : { forward, route };
}

/** The target groups for clients of this address family. */
export function forwardsFor(
  { forward, forwardByFamily }: Entry,
  { clientAddress }: Pick<FlowKey, "clientAddress">,
): readonly Forward[] {
  if (forwardByFamily === undefined) return forward;
  return forwardByFamily[clientAddress.includes(":") ? 6 : 4] ?? forward;
}

function chooseForward(forwards: readonly Forward[], entry: Entry, flow: FlowKey, hash: number): Forward | undefined {
  if (forwards.length === 1) return forwards[0];
  let total = 0;
  for (const { weight } of forwards) total += weight;
  if (total === 0) return undefined;
  // A client can only keep its target if it keeps the group first.
  const sticky = forwards.some(({ stickyTable }) => stickyTable !== undefined);
  // Other bits than those that choose the target, so that the two choices are independent.
  let rest = mix((sticky ? clientHash(entry, flow) : hash) ^ 0x9e3779b9) % total;
  for (const forward of forwards) {
    rest -= forward.weight;
    if (rest < 0) return forward;
  }
  return undefined;
}

function flowHash(entry: Entry, { clientAddress, clientPort, seed }: FlowKey): number {
  let hash = hashText(seed, clientAddress);
  hash = Math.imul(hash ^ clientPort, 0x01000193);
  hash = hashText(hash, entry.address);
  return mix(hash ^ entry.listenerPort);
}

function stickyPosition(table: Uint16Array, entry: Entry, flow: FlowKey): number {
  return table[clientHash(entry, flow) % table.length] ?? 0;
}

/** Equal for all flows of a client through one node. */
function clientHash({ nodeAddress }: Entry, { clientAddress }: FlowKey): number {
  return mix(hashText(hashText(0x811c9dc5, clientAddress), nodeAddress));
}

/** FNV-1a over the characters. */
export function hashText(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The finalizer of MurmurHash3: each input bit changes half of the output bits. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
