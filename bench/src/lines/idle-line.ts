import type { HoldJob } from "../load/job.ts";
import { Load } from "../load/load.ts";
import { startEchoTarget } from "../peers/targets.ts";
import type { Line, Sample } from "./line.ts";
import { startInFront } from "./standing-proxies.ts";

/** So many flows in all, one load after the other. */
const places = [1_000, 5_000, 9_000];

/** Memory of idle flows. */
export const idleLine: Line = {
  name: "idle",
  group: "system",
  about: "what an idle flow holds of the proxy's memory",
  rounds: 3,
  warmsUp: false,
  needs: [],
  absent: { "no proxy": "holds nothing" },
  figures: [
    {
      key: "memory",
      title: "Memory for an idle flow",
      about: "Flows that have carried a byte each way; resident memory more than before them, of a proxy just started.",
      unit: "KiB",
      axis: "flows",
      targets: [{ kind: "figure", of: "edge-proxy", at: 5_000, atMost: 5 }],
    },
  ],
  async open(folder) {
    const target = await startEchoTarget();
    return {
      // Memory that one turn made a proxy take would be missing from the next.
      async measure(contestant) {
        const { running, port, withHeader } = await startInFront(contestant, folder, target);
        if (running === undefined) return [];
        const loads: Load<HoldJob>[] = [];
        const samples: Sample[] = [];
        try {
          const before = running.residentKiB();
          let held = 0;
          for (const flows of places) {
            const load = new Load({ kind: "hold", port, withHeader, flows: flows - held, send: "x", reads: true });
            loads.push(load);
            await load.begun;
            held = flows;
            samples.push({ figure: "memory", at: flows, value: (running.residentKiB() - before) / flows });
          }
          return samples;
        } finally {
          await Promise.all(loads.map((load) => load.kill()));
          await running.stop();
        }
      },
      close: () => target.running.stop(),
    };
  },
};
