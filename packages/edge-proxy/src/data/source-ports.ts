import type { Quota, Shortage } from "./quota.ts";
import type { TargetRoute } from "./routes.ts";

/**
 * AWS: "55,000 simultaneous connections or about 55,000 connections per minute to each unique target (IP address and port)"
 * from each address of a node. These are the ports from 10,536 up.
 */
export const awsFlowsPerTarget = 55_000;
const firstPort = 65_536 - awsFlowsPerTarget;

/** A range of ports, both ends included. The kernel's own for connections is `net.ipv4.ip_local_port_range`. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The place of a process among those that share something, counted from 0. */
export interface Place {
  readonly index: number;
  readonly of: number;
}

export interface SourcePortsOptions {
  /** The limit on the flows between each node address and target. */
  readonly quota: Quota;
  readonly kernelRange: PortRange;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /**
   * The place of this process among those that use the same node addresses. Each has its own part of the ports and takes others
   * only when that is used up, so that they rarely collide. Default: this is the only process.
   */
  readonly place?: Place | undefined;
}

/**
 * Source ports of flows that come from a node's address. The kernel tells connections apart by both addresses and ports, so
 * each target can have all ports of a node. But when a socket binds an address and lets the kernel choose the port, that port
 * is taken for all targets (`IP_BIND_ADDRESS_NO_PORT` would prevent it, and libuv does not offer it). So ports are chosen here,
 * and first those outside the kernel's own range: a port inside it that is bound here is lost to the kernel's other users.
 */
export class SourcePorts {
  readonly #options: SourcePortsOptions;
  readonly #nodes = new Map<string, Map<string, TargetPorts>>();

  constructor(options: SourcePortsOptions) {
    this.#options = options;
  }

  /** The ports between a node and a target. */
  of(nodeAddress: string, { endpoint }: TargetRoute): TargetPorts {
    const known = this.#nodes.get(nodeAddress)?.get(endpoint);
    if (known !== undefined) return known;
    const ports = new TargetPorts(this.#options, `${nodeAddress} ${endpoint}`);
    const targets = this.#nodes.get(nodeAddress);
    if (targets === undefined) this.#nodes.set(nodeAddress, new Map([[endpoint, ports]]));
    else targets.set(endpoint, ports);
    return ports;
  }

  /** How many pairs of node and target have a record. */
  get size(): number {
    let size = 0;
    for (const targets of this.#nodes.values()) size += targets.size;
    return size;
  }

  /** How many ports flows hold, over all pairs of node and target. */
  get inUse(): number {
    let sum = 0;
    for (const targets of this.#nodes.values()) for (const { inUse } of targets.values()) sum += inUse;
    return sum;
  }

  /** Forgets the pairs without flows. */
  prune(): void {
    for (const [node, targets] of this.#nodes) {
      for (const [endpoint, { inUse }] of targets) if (inUse === 0) targets.delete(endpoint);
      if (targets.size === 0) this.#nodes.delete(node);
    }
  }
}

/** In place of a port number: the kernel chooses, where no address is bound. */
const kernelsChoice = 0;

/** The source ports between one node address and one target. */
export class TargetPorts {
  inUse = 0;
  /** The key in the quota. */
  readonly #key: string;
  /** How many of those in use the kernel has chosen. */
  #kernels = 0;
  readonly #rings = new Map<RingName, PortRing>();
  readonly #options: SourcePortsOptions;

  constructor(options: SourcePortsOptions, key: string) {
    this.#options = options;
    this.#key = key;
  }

  /** Set when the quota is used up. */
  get shortage(): Shortage | undefined {
    const { quota } = this.#options;
    return quota.isFull(this.#key) ? { quota, key: this.#key } : undefined;
  }

  /**
   * Takes a port.
   * @param bound whether the node's address is bound, so that the port has to be chosen here
   * @returns 0 for one that the kernel is to choose, or undefined when none is left
   */
  take(bound: boolean): number | undefined {
    const { quota } = this.#options;
    if (quota.isFull(this.#key)) return undefined;
    const port = bound ? this.#chosen() : this.#unbound();
    if (port === undefined) return undefined;
    this.inUse++;
    quota.add(this.#key);
    return port;
  }

  /**
   * Exchanges a port that turned out to be taken for another one.
   * @param far choose it from another part of the range, because another process may hold a long run of ports
   * @returns undefined when none is left
   */
  exchange(port: number, bound: boolean, far = false): number | undefined {
    if (far) for (const ring of this.#rings.values()) ring.jump(this.#options.random());
    const next = bound ? this.#chosen(far) : this.#takeFrom(outside);
    if (next !== undefined) this.#release(port);
    return next;
  }

  /** Gives a port back. */
  give(port: number): void {
    this.inUse--;
    this.#options.quota.remove(this.#key);
    this.#release(port);
  }

  #release(port: number): void {
    if (port === kernelsChoice) {
      this.#kernels--;
      return;
    }
    for (const ring of this.#rings.values()) if (ring.has(port)) return ring.give(port);
  }

  /**
   * The kernel finds a port quickly until half of its range is in use (it tries every other one first); then it looks at
   * thousands for each connection. So it is asked for the second half only when nothing else is left.
   */
  #unbound(): number | undefined {
    const { first, last } = this.#options.kernelRange;
    const size = last - first + 1;
    if (this.#kernels * 2 >= size) {
      const port = this.#takeFrom(outside);
      if (port !== undefined) return port;
      if (this.#kernels >= size) return undefined;
    }
    this.#kernels++;
    return kernelsChoice;
  }

  #chosen(far = false): number | undefined {
    // If another process holds all of the ports outside, trying only those would collide again and again.
    return this.#takeFrom(far && this.#options.random() < 0.5 ? insideFirst : outsideFirst);
  }

  /** Takes a port from the first of these rings that has one. */
  #takeFrom(names: readonly RingName[]): number | undefined {
    for (const name of names) {
      const port = this.#ring(name).take();
      if (port !== undefined) return port;
    }
    return undefined;
  }

  #ring(name: RingName): PortRing {
    const known = this.#rings.get(name);
    if (known !== undefined) return known;
    const { kernelRange, random, place = onlyOne } = this.#options;
    const [range, gap] = name.startsWith("inside") ? [kernelRange] : [{ first: firstPort, last: 65_535 }, kernelRange];
    const ring = new PortRing(range, gap, place, name.endsWith("own"), random());
    this.#rings.set(name, ring);
    return ring;
  }
}

const onlyOne: Place = { index: 0, of: 1 };

/** Inside or outside the kernel's range; from this process's own part or from the others'. */
type RingName = "outside, own" | "inside, own" | "outside, others" | "inside, others";

const outside: readonly RingName[] = ["outside, own", "outside, others"];
const outsideFirst: readonly RingName[] = ["outside, own", "inside, own", "outside, others", "inside, others"];
const insideFirst: readonly RingName[] = ["inside, own", "outside, own", "inside, others", "outside, others"];

/**
 * One process's part of a run of ports, or all of the run but that part. The run may have a gap. Ports are given out in turn,
 * so that each rests for as long as possible before it is used again.
 */
class PortRing {
  readonly #first: number;
  /** How many ports come before the gap, how many the gap leaves out, and how many there are without it. */
  readonly #before: number;
  readonly #gap: number;
  readonly #whole: number;
  /** Where the part begins; at the end of the run it continues at the run's beginning. */
  readonly #start: number;
  readonly #size: number;
  readonly #taken: Uint32Array;
  #next = 0;
  #free: number;

  /** @param start where in the part to begin, from 0 up to, but not including, 1 */
  constructor(
    { first, last }: PortRange,
    gap: PortRange | undefined,
    { index, of }: Place,
    own: boolean,
    start: number,
  ) {
    const gapFirst = Math.max(first, gap?.first ?? last + 1);
    this.#first = first;
    this.#before = gapFirst - first;
    this.#gap = Math.max(0, Math.min(last, gap?.last ?? last) - gapFirst + 1);
    this.#whole = last - first + 1 - this.#gap;
    const [from, to] = [index, index + 1].map((n) => Math.floor((this.#whole * n) / of)) as [number, number];
    this.#start = own ? from : to;
    this.#size = own ? to - from : this.#whole - (to - from);
    this.#free = this.#size;
    this.#taken = new Uint32Array(Math.ceil(this.#size / 32));
    this.jump(start);
  }

  /** Continues elsewhere. @param to as `start` */
  jump(to: number): void {
    this.#next = Math.floor(to * this.#size);
  }

  take(): number | undefined {
    if (this.#free === 0) return undefined;
    while (this.#isTaken(this.#next)) this.#next = (this.#next + 1) % this.#size;
    const index = this.#next;
    this.#taken[index >>> 5] = (this.#taken[index >>> 5] as number) | (1 << (index & 31));
    this.#next = (index + 1) % this.#size;
    this.#free--;
    const offset = (this.#start + index) % this.#whole;
    return this.#first + offset + (offset < this.#before ? 0 : this.#gap);
  }

  has(port: number): boolean {
    const beyond = port - this.#first - this.#before;
    const inRun =
      beyond < 0 ? port >= this.#first : beyond >= this.#gap && beyond < this.#gap + this.#whole - this.#before;
    return inRun && this.#indexOf(port) < this.#size;
  }

  give(port: number): void {
    const index = this.#indexOf(port);
    this.#taken[index >>> 5] = (this.#taken[index >>> 5] as number) & ~(1 << (index & 31));
    this.#free++;
  }

  #indexOf(port: number): number {
    const offset = port - this.#first - (port < this.#first + this.#before ? 0 : this.#gap);
    return (offset - this.#start + this.#whole) % this.#whole;
  }

  #isTaken(index: number): boolean {
    return ((this.#taken[index >>> 5] as number) & (1 << (index & 31))) !== 0;
  }
}
