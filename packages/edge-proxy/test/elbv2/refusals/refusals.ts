import { attributeRefusals } from "./attributes.ts";
import { listenerRefusals } from "./listeners.ts";
import { loadBalancerRefusals } from "./load-balancers.ts";
import { lookupRefusals } from "./lookups.ts";
import type { Refusal } from "./refusal.ts";
import { groupRefusals } from "./target-groups.ts";

/** Calls that AWS refuses, each with its code and its words. */
export const refusals: readonly Refusal[] = [
  ...attributeRefusals,
  ...groupRefusals,
  ...loadBalancerRefusals,
  ...listenerRefusals,
  ...lookupRefusals,
];
