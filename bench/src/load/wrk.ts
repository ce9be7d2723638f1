import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { endWithUs } from "../end-with-us.ts";

/** What one run of wrk did. */
export interface WrkResult {
  readonly requests: number;
  readonly perSecond: number;
}

const connections = 50;
/** wrk takes whole seconds only. */
const seconds = 1;

/** As many requests as go through fifty connections; with `newConnections` each request gets one of its own. */
export async function runWrk(port: number, newConnections: boolean, path = "/"): Promise<WrkResult> {
  const close = newConnections ? ["-H", "Connection: close"] : [];
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, ...close, `http://127.0.0.1:${port}${path}`];
  const run = promisify(execFile)("wrk", args);
  endWithUs(run.child);
  const { stdout } = await run;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const errors = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(stdout)?.[0];
  // With a connection for each request wrk counts its own closing as a read error.
  if (!(requests > 0) || (errors !== undefined && !newConnections)) throw new Error(`wrk failed: ${errors ?? stdout}`);
  return { requests, perSecond };
}
