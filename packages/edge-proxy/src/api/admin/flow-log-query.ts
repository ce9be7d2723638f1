import { type FlowLogFilter, isKnownClose } from "../../observe/flow-log-filter.ts";
import { type Reply, refusal } from "./reply.ts";

/** The query parameters of `/api/flow-log`. */
export const flowLogParameters: readonly string[] = ["target", "target_group", "listener", "client", "close"];

/** What `/api/flow-log` asks for, or why it cannot be asked. */
export function flowLogQuery(query: URLSearchParams): FlowLogFilter | Reply {
  const of = (name: string): string | undefined => query.get(name) ?? undefined;
  const close = of("close");
  if (close !== undefined && !isKnownClose(close)) {
    return refusal(400, `close must be as in the flow log, such as target.rst, or a half of it, but was '${close}'`);
  }
  return {
    target: of("target"),
    targetGroup: of("target_group"),
    listener: of("listener"),
    client: of("client"),
    close,
  };
}
