import type { NodeRuntime } from "../node-runtime.ts";
import type { Contestant } from "./contestant.ts";
import { edgeProxy } from "./edge-proxy.ts";
import { haproxy } from "./haproxy.ts";
import { nginxStream } from "./nginx-stream.ts";
import { noProxy } from "./no-proxy.ts";
import { nodePipe } from "./node-pipe.ts";

/** In the order in which they take their turns: ours on every Node that takes part. */
export function contestantsOn(runtimes: readonly NodeRuntime[]): readonly Contestant[] {
  return [haproxy, ...runtimes.map(edgeProxy), nginxStream, ...runtimes.map(nodePipe), noProxy];
}
