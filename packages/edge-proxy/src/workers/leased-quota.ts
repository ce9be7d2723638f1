import { LocalQuota, type Quota } from "../data/quota.ts";
import type { InitialLeases, ToBorrower, ToLender } from "./quota-messages.ts";

/** How much this worker may use of a key. Kept only while that differs from its share or is being negotiated. */
interface Lease {
  size: number;
  /** The lender has recalled it: whatever becomes free goes back at once. */
  held: boolean;
  /** Callers who wait for the answer to the request that is under way; undefined when none is. */
  asked: ((worthTrying: boolean) => void)[] | undefined;
  /** Callers who came after that request was sent: a refusal may be older than they are. */
  late: ((worthTrying: boolean) => void)[];
  /** How much is reserved for the callers who were last told to try again. */
  promised: number;
}

/**
 * A worker process's part of a quota that all workers share. Of each key it may use its share of the limit without asking. For
 * a key that needs more, it leases from the `QuotaLender` what other workers do not use.
 */
export class LeasedQuota implements Quota {
  readonly #share: number;
  readonly #send: (message: ToLender) => void;
  readonly #used: LocalQuota;
  readonly #leases = new Map<string, Lease>();

  /** @param opening what `QuotaLender.joined` returned for this worker */
  constructor({ share, leases }: InitialLeases, send: (message: ToLender) => void) {
    this.#share = share;
    this.#used = new LocalQuota(share);
    this.#send = send;
    for (const [key, size] of leases) if (size !== share) this.#lease(key).size = size;
  }

  get size(): number {
    return this.#used.size;
  }

  /** How many keys have a lease on record. */
  get records(): number {
    return this.#leases.size;
  }

  inUse(key: string): number {
    return this.#used.inUse(key);
  }

  isFull(key: string): boolean {
    const lease = this.#leases.get(key);
    return lease === undefined ? this.#used.isFull(key) : this.inUse(key) >= lease.size;
  }

  add(key: string): void {
    this.#used.add(key);
  }

  remove(key: string): void {
    this.#used.remove(key);
    const lease = this.#leases.get(key);
    if (lease?.held) this.#giveBack(key, lease, 1);
    else if (lease !== undefined) this.#wake(key, lease);
  }

  more(key: string): Promise<boolean> {
    if (!this.isFull(key)) return Promise.resolve(true);
    const lease = this.#lease(key);
    return new Promise((resolve) => {
      lease.late.push(resolve);
      if (lease.asked === undefined) this.#ask(key, lease);
    });
  }

  receive(message: ToBorrower): void {
    const { key } = message;
    const lease = this.#lease(key);
    switch (message.type) {
      case "granted":
      case "restored":
        lease.size += message.count;
        this.#wake(key, lease);
        if (message.type === "granted") lease.asked = undefined;
        break;
      case "refused":
        for (const waiter of lease.asked ?? []) waiter(false);
        lease.asked = undefined;
        if (lease.late.length > 0) this.#ask(key, lease);
        break;
      case "recall":
        this.#recalled(key, lease);
        break;
      case "settled":
        lease.held = false;
        break;
    }
    this.#forgetIfPlain(key, lease);
  }

  /** Gives back what exceeds the share and is no longer needed. To be called about once a second. */
  prune(): void {
    for (const [key, lease] of this.#leases) {
      lease.promised = 0;
      const excess = lease.size - this.#share;
      if (excess > 0 && this.inUse(key) <= this.#share) this.#giveBack(key, lease, excess);
      this.#forgetIfPlain(key, lease);
    }
  }

  #ask(key: string, lease: Lease): void {
    lease.asked = lease.late;
    lease.late = [];
    this.#send({ type: "ask", key, want: lease.asked.length });
  }

  #recalled(key: string, lease: Lease): void {
    const unused = lease.size - this.inUse(key);
    // Otherwise waiting workers could pass one unit round for ever, each losing it before its waiting caller tries again.
    const kept = Math.min(unused, lease.promised);
    lease.promised = 0;
    lease.held = true;
    lease.size -= unused - kept;
    this.#send({ type: "recalled", key, count: unused - kept, kept: kept > 0 });
  }

  #giveBack(key: string, lease: Lease, count: number): void {
    lease.size -= count;
    this.#send({ type: "given-back", key, count });
  }

  /** There is room: all who wait may try, and those who are too late ask again. */
  #wake(key: string, lease: Lease): void {
    const waiters = [...(lease.asked ?? []), ...lease.late];
    if (waiters.length === 0) return;
    lease.promised = Math.min(lease.size - this.inUse(key), waiters.length);
    lease.asked &&= [];
    lease.late = [];
    for (const waiter of waiters) waiter(true);
  }

  #lease(key: string): Lease {
    let lease = this.#leases.get(key);
    if (lease !== undefined) return lease;
    lease = { size: this.#share, held: false, asked: undefined, late: [], promised: 0 };
    this.#leases.set(key, lease);
    return lease;
  }

  #forgetIfPlain(key: string, { size, held, asked, promised }: Lease): void {
    if (size === this.#share && !held && asked === undefined && promised === 0) this.#leases.delete(key);
  }
}
