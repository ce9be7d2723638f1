import { fileURLToPath } from "node:url";
import { labelOf, type NodeRuntime, thisNode } from "../node-runtime.ts";
import type { BenchFolder } from "./bench-folder.ts";
import type { Entrant, Field, Subject } from "./contestant.ts";
import { type SentHeader, startHaproxy } from "./haproxy.ts";
import { freePort } from "./ports.ts";
import type { Application, Reading } from "./receiving-server.ts";
import { Running } from "./running.ts";

/** A Node server with HAProxy in front of it, which sends it PROXY headers. */
export interface Receiver extends Entrant {
  readonly kind: Reading;
  readonly sends: SentHeader;
  readonly runtime: NodeRuntime;
}

/** What is there for Node to read PROXY headers with. */
export const receivers: Field<Receiver> = {
  reference: "no header",
  entrantsOn: (runtimes) => [
    ...runtimes.map((runtime) => receiver("no header", "", runtime)),
    ...runtimes.map((runtime) => receiver("proxyProtocol", "send-proxy-v2", runtime)),
    // It knows no version 2.
    receiver("findhit-proxywrap", "send-proxy"),
    receiver("proxy-protocol-js by hand", "send-proxy-v2"),
  ],
};

function receiver(kind: Reading, sends: SentHeader, runtime: NodeRuntime = thisNode): Receiver {
  return { name: `${kind}${labelOf(runtime)}`, kind, sends, runtime };
}

/** A receiver that runs: of the subject, `running` is the server and `port` is HAProxy's. */
export interface RunningReceiver extends Subject {
  readonly running: Running;
  stop(): Promise<void>;
}

export async function startReceiver(
  { kind, sends, runtime }: Receiver,
  application: Application,
  folder: BenchFolder,
): Promise<RunningReceiver> {
  const [port, own] = [await freePort(), await freePort()];
  const program = fileURLToPath(new URL("./receive-process.js", import.meta.url));
  const running = await Running.start(runtime.execPath, [program, kind, application, String(own)], own);
  try {
    const front = await startHaproxy({ folder, ports: [port], targets: [{ address: "127.0.0.1", port: own }] }, sends);
    const stop = async (): Promise<void> => void (await Promise.all([front.running?.stop(), running.stop()]));
    return { port, withHeader: false, running, stop };
  } catch (error) {
    await running.stop();
    throw error;
  }
}
