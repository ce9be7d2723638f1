import type { ToBorrower } from "./quota-messages.ts";

interface Ask {
  readonly worker: number;
  readonly want: number;
}

/** A recall: all workers are asked for what they do not use. */
interface Round {
  readonly unanswered: Set<number>;
  /** The asks that are refused if the round finds nothing. */
  readonly decides: readonly Ask[];
  /** A worker has kept something that it does not use yet. */
  kept: boolean;
}

/**
 * The lender's account of one key. A worker's lease as recorded here includes what is on the way in either direction.
 *
 * Refusing is the hard part. That no worker had anything unused when it was asked proves nothing: each was asked at another
 * moment. So workers hold: what becomes free goes back at once. When a round finds nothing, every worker uses all of its lease
 * and can only shrink; when the next one finds nothing either, nobody has shrunk until then, and all of the limit was in use
 * at the moment when that round began.
 */
export class QuotaAccount {
  readonly #key: string;
  readonly #share: number;
  readonly #send: (worker: number, message: ToBorrower) => void;
  readonly #leases: Map<number, number>;
  #pool: number;
  #asks: Ask[] = [];
  #round: Round | undefined;
  /** `hold`: they give back whatever becomes free. `exhausted`: they hold, and the last round has found nothing. */
  #workers: "free" | "hold" | "exhausted" = "free";

  /** @param workers the living ones; each begins with its share */
  constructor(
    key: string,
    limit: number,
    share: number,
    workers: Iterable<number>,
    send: (worker: number, message: ToBorrower) => void,
  ) {
    this.#key = key;
    this.#share = share;
    this.#send = send;
    this.#leases = new Map([...workers].map((worker) => [worker, share]));
    this.#pool = limit - this.#leases.size * share;
  }

  /** Whether everything is as for a key without an account, so that this one can be dropped. */
  get isPlain(): boolean {
    if (this.#workers !== "free" || this.#asks.length > 0) return false;
    return [...this.#leases.values()].every((lease) => lease === this.#share);
  }

  ask(worker: number, want: number): void {
    this.#asks.push({ worker, want });
    this.#goOn();
  }

  recalled(worker: number, count: number, kept: boolean): void {
    this.#round?.unanswered.delete(worker);
    if (kept && this.#round !== undefined) this.#round.kept = true;
    this.givenBack(worker, count);
  }

  givenBack(worker: number, count: number): void {
    this.#lend(worker, -count);
    this.#goOn();
  }

  /** @returns the lease that the worker begins with */
  joined(worker: number): number {
    this.#leases.set(worker, 0);
    return 0;
  }

  left(worker: number): void {
    this.#pool += this.#leases.get(worker) ?? 0;
    this.#leases.delete(worker);
    this.#asks = this.#asks.filter((ask) => ask.worker !== worker);
    this.#round?.unanswered.delete(worker);
    this.#goOn();
  }

  #goOn(): void {
    if (this.#round !== undefined) {
      if (this.#round.unanswered.size > 0) return;
      this.#finish(this.#round);
    }
    const isNeeded = this.#asks.length > 0 || this.#workers === "exhausted";
    if (this.#workers !== "free" && (this.#pool > 0 || !isNeeded)) this.#settle();
    while (this.#pool > 0 && this.#asks.length > 0) this.#grant(this.#asks.shift() as Ask);
    if (this.#asks.length > 0) this.#recall(this.#asks);
    else if (this.#workers === "free") this.#restore();
  }

  #recall(asks: readonly Ask[]): void {
    const decides = this.#workers === "exhausted" ? [...asks] : [];
    if (this.#workers === "free") this.#workers = "hold";
    this.#round = { unanswered: new Set(this.#leases.keys()), decides, kept: false };
    this.#tellAll("recall");
  }

  #finish({ decides, kept }: Round): void {
    this.#round = undefined;
    if (this.#pool > 0) return;
    // The asks of a worker that has died meanwhile are gone already; its successor may have asked since.
    const refused = this.#asks.filter((ask) => decides.includes(ask));
    this.#asks = this.#asks.filter((ask) => !decides.includes(ask));
    for (const { worker } of refused) this.#send(worker, { type: "refused", key: this.#key });
    if (!kept) this.#workers = "exhausted";
  }

  #settle(): void {
    this.#workers = "free";
    this.#tellAll("settled");
  }

  /**
   * Grants half of the pool, so that a worker in great need does not ask for each connection, and others find something too.
   */
  #grant({ worker, want }: Ask): void {
    const count = Math.min(this.#pool, Math.max(want, Math.ceil(this.#pool / 2)));
    this.#lend(worker, count);
    this.#send(worker, { type: "granted", key: this.#key, count });
  }

  /** Gives all workers their share back once none has more than that. */
  #restore(): void {
    const leases = [...this.#leases];
    if (leases.some(([, lease]) => lease > this.#share)) return;
    for (const [worker, lease] of leases) {
      const count = this.#share - lease;
      if (count === 0) continue;
      this.#lend(worker, count);
      this.#send(worker, { type: "restored", key: this.#key, count });
    }
  }

  #lend(worker: number, count: number): void {
    this.#leases.set(worker, (this.#leases.get(worker) ?? 0) + count);
    this.#pool -= count;
  }

  #tellAll(type: "recall" | "settled"): void {
    for (const worker of this.#leases.keys()) this.#send(worker, { type, key: this.#key });
  }
}
