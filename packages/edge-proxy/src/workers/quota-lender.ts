import { QuotaAccount } from "./quota-account.ts";
import type { Opening, ToBorrower, ToLender } from "./quota-messages.ts";

export interface QuotaLenderOptions {
  /** As many as one key may have in use, over all workers; 1 and more. */
  readonly limit: number;
  /** Among so many workers the limit is divided, whether they live or not. */
  readonly workers: number;
  /** Must not deliver before it returns. */
  readonly send: (worker: number, message: ToBorrower) => void;
}

/**
 * Lends parts of a quota to worker processes, each a `LeasedQuota`, so that the limit on each key is exact over all of them.
 * Every worker has an equal share of each key, of which no book is kept; there is an account only for a key that some worker
 * needs more of.
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
   * A worker begins, in a slot that nobody has. From now on it has to answer, so call this when it listens to its channel.
   * @returns what its `LeasedQuota` is made with; has to reach it before any message
   */
  joined(worker: number): Opening {
    this.#workers.add(worker);
    return { share: this.#share, leases: [...this.#accounts].map(([key, account]) => [key, account.joined(worker)]) };
  }

  /** A worker is dead. Whatever it had is free again. */
  left(worker: number): void {
    this.#workers.delete(worker);
    for (const [key, account] of this.#accounts) {
      account.left(worker);
      this.#forgetIfPlain(key, account);
    }
  }

  /** Takes a message of a worker; of one that has left, messages have no meaning any more. */
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
