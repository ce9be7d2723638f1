/**
 * What a worker process, the borrower, and the primary process, the lender, say to each other about one quota: plain data.
 * Messages on one channel arrive in the order in which they were sent; between channels no order is known. Leases move as
 * differences, so that messages which cross on the way do no harm: what is on the way counts as the worker's.
 *
 * @module
 */

/** What a worker may use when it starts. */
export interface InitialLeases {
  /** Its lease for every key that is not in `leases`. */
  readonly share: number;
  readonly leases: readonly (readonly [key: string, lease: number])[];
}

export type ToLender =
  /** The lease is used up, and `want` connections wait. One at a time: `granted` or `refused` answers it. */
  | { readonly type: "ask"; readonly key: string; readonly want: number }
  /** The answer to `recall`. `kept`: some that is unused stays here, promised to connections that were waiting. */
  | { readonly type: "recalled"; readonly key: string; readonly count: number; readonly kept: boolean }
  | { readonly type: "given-back"; readonly key: string; readonly count: number };

export type ToBorrower =
  | { readonly type: "granted"; readonly key: string; readonly count: number }
  /** All of the quota is in use. */
  | { readonly type: "refused"; readonly key: string }
  /** Give back what is unused now, and until `settled` also whatever becomes free. */
  | { readonly type: "recall"; readonly key: string }
  | { readonly type: "settled"; readonly key: string }
  /** Nobody needs more than the share any more: here is what was recalled of it. */
  | { readonly type: "restored"; readonly key: string; readonly count: number };
