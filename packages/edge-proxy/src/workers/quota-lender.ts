import { QuotaAccount } from "./quota-account.ts";
import type { InitialLeases, ToBorrower, ToLender } from "./quota-messages.ts";

export interface QuotaLenderOptions {
  /** How many one key may have in use, over all workers together; 1 or more. */
  readonly limit: number;
  /** How many workers the limit is divided among, whether they are alive or not. */
  readonly workers: number;
  /** Must not deliver the message before it returns. */
  readonly send: (worker: number, message: ToBorrower) => void;
}

/**
 * Lends parts of a quota to worker processes, each a `LeasedQuota`, so that the limit on each key is exact over all of them.
 * Every worker has an equal share of each key, which needs no record. There is an account only for a key of which some worker
 * needs more.
 */
export class QuotaLender {
  readonly #options: QuotaLenderOptions;
  readonly #share: number;
  readonly #workers = new Set<number>();
  readonly #accounts = new Map<string, QuotaAccount>();

  constructor(options: QuotaLenderOptions) {
    this.#options = options;
    this.#share = Math.floor(options.limit / options.workers);
  }

  /** How many keys have an account. */
  get records(): number {
    return this.#accounts.size;
  }

  /**
   * A worker starts in a free slot. It has to answer from now on, so call this once it listens to its channel.
   * @returns what its `LeasedQuota` is made with; it has to arrive there before any message
   */
  joined(worker: number): InitialLeases {
    this.#workers.add(worker);
    return { share: this.#share, leases: [...this.#accounts].map(([key, account]) => [key, account.joined(worker)]) };
  }

  /** A worker is dead. What it had is free again. */
  left(worker: number): void {
    this.#workers.delete(worker);
    for (const [key, account] of this.#accounts) {
      account.left(worker);
      this.#forgetIfPlain(key, account);
    }
  }

  /** Takes a message from a worker. Messages from one that has left mean nothing any more. */
  receive(worker: number, message: ToLender): void {
    if (!this.#workers.has(worker)) return;
    const { key } = message;
    const account = this.#account(key);
    switch (message.type) {
      case "ask":
        account.ask(worker, message.want);
        break;
      case "recalled":
        account.recalled(worker, message.count, message.kept);
        break;
      case "given-back":
        account.givenBack(worker, message.count);
        break;
    }
    this.#forgetIfPlain(key, account);
  }

  #account(key: string): QuotaAccount {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const { limit, send } = this.#options;
    const account = new QuotaAccount(key, limit, this.#share, this.#workers, send);
    this.#accounts.set(key, account);
    return account;
  }

  #forgetIfPlain(key: string, account: QuotaAccount): void {
    if (account.isPlain) this.#accounts.delete(key);
  }
}
