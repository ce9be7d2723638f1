/** A limit on how much each key may have in use at one time: flows of a client address, say. A key without any takes no memory. */
export interface Quota {
  /** How many keys have something in use. */
  readonly size: number;
  inUse(key: string): number;
  isFull(key: string): boolean;
  /** Takes one. Only right after `isFull` said no. */
  add(key: string): void;
  /** Gives one back. */
  remove(key: string): void;
  /**
   * For a key that is full here, where other processes draw on the same quota: asks for what they do not use. Whoever comes
   * first has it, so `isFull` has the last word.
   * @returns whether to try again; false when all of the quota was in use at one moment since the call
   */
  more?(key: string): Promise<boolean>;
}

/** The quota of a process that shares it with no other. */
export class LocalQuota implements Quota {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  /** @param limit as many as one key may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#counts.size;
  }

  inUse(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  isFull(key: string): boolean {
    return this.inUse(key) >= this.#limit;
  }

  add(key: string): void {
    this.#counts.set(key, this.inUse(key) + 1);
  }

  remove(key: string): void {
    const left = this.inUse(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}

/** The limits on flows, each with whatever it is counted by. */
export interface Quotas {
  /** In all, under the key `allFlows`; undefined where no other process counts with this one. */
  readonly flows?: Quota | undefined;
  /** By client address; undefined for any number. */
  readonly sources?: Quota | undefined;
  /** By node address and target, see `SourcePorts`. */
  readonly targets: Quota;
}

export const allFlows = "";

/** What there is no more of for somebody. */
export interface Shortage {
  readonly quota: Quota;
  readonly key: string;
}
