import type { QuotaName, WorkerSettings } from "./message.ts";
import { QuotaLender } from "./quota-lender.ts";
import type { ToBorrower, ToLender } from "./quota-messages.ts";

/** The limits on all workers together; see `QuotaName` for what each is on. */
export interface PoolLimits {
  readonly flows: number;
  /** Undefined for none. */
  readonly sources: number | undefined;
  readonly targets: number;
}

/** In the primary process: what lends workers their parts of each limit. */
export class QuotaLenders {
  readonly #flows: QuotaLender;
  readonly #sources: QuotaLender | undefined;
  readonly #targets: QuotaLender;

  /** @param send to the worker in a slot */
  constructor(limits: PoolLimits, workers: number, send: (slot: number, quota: QuotaName, answer: ToBorrower) => void) {
    const lender = (quota: QuotaName, limit: number): QuotaLender =>
      new QuotaLender({ limit, workers, send: (slot, answer) => send(slot, quota, answer) });
    this.#flows = lender("flows", limits.flows);
    this.#sources = limits.sources === undefined ? undefined : lender("sources", limits.sources);
    this.#targets = lender("targets", limits.targets);
  }

  /** A worker starts. @returns what it may use from the start */
  joined(slot: number): WorkerSettings["quotas"] {
    return {
      flows: this.#flows.joined(slot),
      sources: this.#sources?.joined(slot),
      targets: this.#targets.joined(slot),
    };
  }

  receive(slot: number, quota: QuotaName, request: ToLender): void {
    const lenders = { flows: this.#flows, sources: this.#sources, targets: this.#targets };
    lenders[quota]?.receive(slot, request);
  }

  /** A worker has ended, and all that it had is free. */
  left(slot: number): void {
    for (const lender of [this.#flows, this.#sources, this.#targets]) lender?.left(slot);
  }
}
