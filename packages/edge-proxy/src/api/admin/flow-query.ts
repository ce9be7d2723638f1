import type { FlowState } from "../../data/flow-observer.ts";
import type { FlowQuery } from "../../observe/flow-list.ts";
import { type Reply, refusal } from "./reply.ts";

const states: readonly FlowState[] = ["dialing", "open", "expired", "closing"];
const defaultLimit = 100;
const maxLimit = 1000;

/** What `/api/flows?limit=&target=&state=` asks for, or why it cannot be asked. */
export function flowQuery(query: URLSearchParams): FlowQuery | Reply {
  const limit = query.get("limit") ?? String(defaultLimit);
  if (!/^\d+$/.test(limit) || Number(limit) > maxLimit) {
    return refusal(400, `limit must be a whole number from 0 to ${maxLimit}, but was '${limit}'`);
  }
  const asked = query.get("state") ?? undefined;
  const state = states.find((known) => known === asked);
  if (asked !== undefined && state === undefined) {
    return refusal(400, `state must be ${states.join(", ")}, but was '${asked}'`);
  }
  return { limit: Number(limit), state, target: query.get("target") ?? undefined };
}
