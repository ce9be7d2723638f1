/** A load process: gets one job, says when it is ready, does it, and sends the result. `load.ts` starts it. */

import { once } from "node:events";
import { openConnections } from "./connections.ts";
import { sendAndTakeBack } from "./echo.ts";
import { holdFlows } from "./hold.ts";
import type { EchoResult, HoldResult, Job, OpenLoopResult } from "./job.ts";
import { sendRequests } from "./requests.ts";

const job = JSON.parse(process.argv[2] ?? "") as Job;
const stop = once(process, "message").then(() => {});
process.send?.({ result: await work() });
process.disconnect?.();

function work(): Promise<OpenLoopResult | HoldResult | EchoResult> {
  const begun = (): void => void process.send?.({ begun: true });
  switch (job.kind) {
    case "requests":
      return sendRequests(job, begun);
    case "connections":
      return openConnections(job, begun);
    case "hold":
      return holdFlows(job, begun, stop);
    case "echo":
      return sendAndTakeBack(job, begun);
  }
}
