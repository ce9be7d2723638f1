/** A limit on how much each key may have in use at one time, such as flows of a client address. Idle keys take no memory. */
export interface Quota {
  /** How many keys have something in use. */
  readonly size: number;
  inUse(key: string): number;
  isFull(key: string): boolean;
  /** Takes one. To be called only right after `isFull` has returned false. */
  add(key: string): void;
  /** Gives one back. */
  remove(key: string): void;
  /**
   * For a key that is full here: asks other processes that draw on the same quota for what they do not use. Missing where there
   * are none. What it finds goes to whoever adds first, so ask `isFull` again.
   * @returns whether to try again; false when the whole quota was in use at some moment since the call
   */
  more?(key: string): Promise<boolean>;
}

/** The quota of a process that shares it with no other. */
export class LocalQuota implements Quota {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  /** @param limit how many one key may have in use */
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

/** The limits on flows. */
export interface Quotas {
  /** On all flows together, under the key `allFlows`; undefined where no other process shares the limit. */
  readonly flows?: Quota | undefined;
  /** On the flows of each client address; undefined: no limit. */
  readonly sources?: Quota | undefined;
  /** On the flows from each node address to each target, see `SourcePorts`. */
  readonly targets: Quota;
}

/** The one key of the quota on all flows. */
export const allFlows = "";

/** A quota that is used up, and the key for which it is. */
export interface Shortage {
  readonly quota: Quota;
  readonly key: string;
}
