import { fileURLToPath } from "node:url";
import { labelOf, type NodeRuntime } from "../node-runtime.ts";
import type { Contestant, Subject } from "./contestant.ts";
import { Running } from "./running.ts";

/** The proxy that everyone writes first. It knows one target. */
export function nodePipe(runtime: NodeRuntime): Contestant {
  const program = fileURLToPath(new URL("./pipe-process.js", import.meta.url));
  return {
    name: `node pipe${labelOf(runtime)}`,
    kind: "node pipe",
    async start({ ports, targets }): Promise<Subject> {
      const [port = 0] = ports;
      const running = await Running.start(runtime.execPath, [program, String(port), String(targets[0]?.port)], port);
      return { port, withHeader: false, running };
    },
  };
}
