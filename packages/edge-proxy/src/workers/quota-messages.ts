/**
 * What a worker process and the primary process say to each other about one quota: plain data. Of two messages on one channel
 * the first arrives first; nothing is known of the order between channels. Leases move as differences, so that messages that
 * cross on the way do no harm: what is on the way counts as the worker's.
 *
 * @module
 */

/** What a worker that starts may use. */
export interface Opening {
  /** Its lease for every key that is not in `leases`. */
  readonly share: number;
  readonly leases: readonly (readonly [key: string, lease: number])[];
}

export type ToLender =
  /** The lease is used up, and `want` connections wait. Answered by `granted` or `refused`; until then there is no other. */
  | { readonly type: "ask"; readonly key: string; readonly want: number }
  /** The answer to `recall`. `kept` if some that is unused stays, promised to those who waited. */
  | { readonly type: "recalled"; readonly key: string; readonly count: number; readonly kept: boolean }
  | { readonly type: "given-back"; readonly key: string; readonly count: number };

export type ToWorker =
  | { readonly type: "granted"; readonly key: string; readonly count: number }
  /** All of the quota is in use. */
  | { readonly type: "refused"; readonly key: string }
  /** Give back what is unused, and until `settled` also each that becomes free. */
  | { readonly type: "recall"; readonly key: string }
  | { readonly type: "settled"; readonly key: string }
  /** Nobody needs more than the share any more: here is what was recalled of it. */
  | { readonly type: "restored"; readonly key: string; readonly count: number };
