import type { Contestant, Field } from "./contestant.ts";
import { edgeProxy } from "./edge-proxy.ts";
import { haproxy } from "./haproxy.ts";
import { nginxStream } from "./nginx-stream.ts";
import { noProxy } from "./no-proxy.ts";
import { nodePipe } from "./node-pipe.ts";

/** Everything that carries flows. */
export const proxies: Field<Contestant> = {
  reference: haproxy.name,
  entrantsOn: (runtimes) => [haproxy, ...runtimes.map(edgeProxy), nginxStream, ...runtimes.map(nodePipe), noProxy],
};
