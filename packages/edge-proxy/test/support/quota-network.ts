import { expect } from "vitest";
import { LeasedQuota } from "../../src/workers/leased-quota.ts";
import { QuotaLender } from "../../src/workers/quota-lender.ts";
import type { ToBorrower, ToLender } from "../../src/workers/quota-messages.ts";

export interface Connection {
  readonly slot: number;
  readonly key: string;
  state: "waiting" | "open" | "refused" | "over";
  /** Since it asked for more, all of the limit was in use at one moment at least. */
  sawFull: boolean;
}

interface Slot {
  quota: LeasedQuota | undefined;
  toWorker: ToBorrower[];
  toLender: (ToLender | "dead")[];
}

/**
 * A lender and its workers, with channels that deliver when they are told to. It watches over what is promised at every moment:
 * no more than the limit in use, and nobody refused unless all of it was.
 */
export class QuotaNetwork {
  readonly limit: number;
  readonly lender: QuotaLender;
  readonly slots: readonly Slot[];
  /** How many messages were sent, over all channels. */
  messages = 0;
  #connections = new Set<Connection>();
  #wrong: string | undefined;

  constructor(limit: number, workers: number) {
    this.limit = limit;
    this.lender = new QuotaLender({
      limit,
      workers,
      send: (worker, message) => {
        this.messages++;
        const { quota, toWorker } = this.#slot(worker);
        // What is said to a dead worker is not for the one that follows.
        if (quota !== undefined) toWorker.push(structuredClone(message));
      },
    });
    this.slots = Array.from({ length: workers }, () => ({ quota: undefined, toWorker: [], toLender: [] }));
    for (let slot = 0; slot < workers; slot++) this.start(slot);
  }

  /** What is open or waits. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  get waiting(): readonly Connection[] {
    return this.connections.filter(({ state }) => state === "waiting");
  }

  get onTheWay(): number {
    return this.slots.reduce((sum, { toWorker, toLender }) => sum + toWorker.length + toLender.length, 0);
  }

  /** Over all processes: keys that more is remembered of than a count, and keys with a count. */
  get remembered(): number {
    const workers = this.slots.map(({ quota }) => (quota?.records ?? 0) + (quota?.size ?? 0));
    return workers.reduce((sum, size) => sum + size, this.lender.records);
  }

  /** The first promise that was broken; in a callback, an error would get lost. */
  get wrong(): string | undefined {
    return this.#wrong;
  }

  inUse(key: string): number {
    return this.slots.reduce((sum, { quota }) => sum + (quota?.inUse(key) ?? 0), 0);
  }

  /** A worker begins, unless the lender has not yet heard of the death of the last one. */
  start(slot: number): void {
    const place = this.#slot(slot);
    if (place.quota !== undefined || place.toLender.length > 0) return;
    const opening = structuredClone(this.lender.joined(slot));
    place.quota = new LeasedQuota(opening, (message) => {
      this.messages++;
      place.toLender.push(structuredClone(message));
    });
  }

  /** A worker dies: its connections end at once, and the lender hears of it after what was sent before. */
  kill(slot: number): void {
    const place = this.#slot(slot);
    if (place.quota === undefined) return;
    place.quota = undefined;
    place.toWorker = [];
    place.toLender.push("dead");
    for (const connection of this.#connections) if (connection.slot === slot) this.#over(connection);
  }

  connect(slot: number, key: string): Connection {
    const connection: Connection = { slot, key, state: "waiting", sawFull: false };
    if (this.slots[slot]?.quota === undefined) connection.state = "over";
    else this.#connections.add(connection);
    this.#tryAgain(connection);
    return connection;
  }

  /** The client leaves, whether it has got in or still waits. */
  disconnect(connection: Connection): void {
    if (connection.state === "open") this.slots[connection.slot]?.quota?.remove(connection.key);
    this.#over(connection);
    this.#look(connection.key);
  }

  /** Delivers the next message to the worker, or to the lender, if there is one. */
  deliver(slot: number, to: "worker" | "lender"): void {
    const { quota, toWorker, toLender } = this.#slot(slot);
    if (to === "worker") {
      const message = toWorker.shift();
      if (message !== undefined) quota?.receive(message);
    } else {
      const message = toLender.shift();
      if (message === "dead") this.lender.left(slot);
      else if (message !== undefined) this.lender.receive(slot, message);
    }
  }

  /** Delivers until nothing is on the way any more. */
  async deliverAll(): Promise<void> {
    await this.callbacks();
    for (let rounds = 0; this.onTheWay > 0; rounds++) {
      expect(rounds, "messages without an end").toBeLessThan(1_000);
      for (let slot = 0; slot < this.slots.length; slot++) {
        while (this.#slot(slot).toLender.length > 0) this.deliver(slot, "lender");
        while (this.#slot(slot).toWorker.length > 0) this.deliver(slot, "worker");
      }
      await this.callbacks();
    }
  }

  /** Lets those who were told to try again do so. */
  async callbacks(): Promise<void> {
    for (let hop = 0; hop < 4; hop++) await Promise.resolve();
  }

  #tryAgain(connection: Connection): void {
    const { slot, key } = connection;
    const quota = this.slots[slot]?.quota;
    if (connection.state !== "waiting" || quota === undefined) return;
    if (!quota.isFull(key)) {
      quota.add(key);
      connection.state = "open";
      this.#look(key);
      return;
    }
    connection.sawFull = this.inUse(key) === this.limit;
    void quota.more(key).then((worthTrying) => {
      if (worthTrying) return this.#tryAgain(connection);
      if (connection.state !== "waiting") return;
      this.#wrong ??= connection.sawFull ? undefined : `refused '${key}' though it was never full`;
      this.#over(connection);
      connection.state = "refused";
    });
  }

  #over(connection: Connection): void {
    connection.state = "over";
    this.#connections.delete(connection);
  }

  #look(key: string): void {
    const inUse = this.inUse(key);
    if (inUse > this.limit) this.#wrong ??= `'${key}' has ${inUse} in use, of ${this.limit}`;
    if (inUse < this.limit) return;
    for (const connection of this.#connections) if (connection.key === key) connection.sawFull = true;
  }

  #slot(slot: number): Slot {
    const found = this.slots[slot];
    if (found === undefined) throw new RangeError(`no slot ${slot}`);
    return found;
  }
}
