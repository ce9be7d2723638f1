import { setTimeout as pass } from "node:timers/promises";
import type { HoldJob } from "../load/job.ts";
import { Load, runLoad } from "../load/load.ts";
import type { Subject } from "../peers/contestant.ts";
import { startEchoTarget } from "../peers/targets.ts";
import { cpuFor } from "./cpu-time.ts";
import { growthOf } from "./growth-setup.ts";
import type { Line, Sample } from "./line.ts";
import { startInFront } from "./standing-proxies.ts";

const places = [10, 100, 1_000, 9_000];
const restSeconds = 1.5;
const perSecond = 3_000;
const seconds = 1;

/** What flows that stand cost those that work. */
export const growthFlowsLine: Line = {
  name: "growth-flows",
  group: "growth",
  about: "cost as idle flows grow in number",
  rounds: 2,
  warmsUp: false,
  needs: [],
  only: growthOf,
  absent: {},
  figures: [
    {
      key: "rest",
      title: "CPU time at rest, by standing flows",
      about: "While no byte goes through.",
      unit: "ms/s",
      // HAProxy takes less than can be measured in a second: by that nothing can be divided.
      compared: false,
      axis: "flows",
      targets: [{ kind: "figure", of: "edge-proxy", at: 9_000, atMost: 5 }],
    },
    {
      key: "request",
      title: "CPU time for a request, by standing flows",
      about: `${perSecond} requests per second over ten connections beside the flows that stand.`,
      unit: "µs",
      axis: "flows",
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 1.25 }],
    },
  ],
  async open(folder) {
    const target = await startEchoTarget();
    return {
      async measure(contestant) {
        const subject = await startInFront(contestant, folder, target);
        const { port, withHeader } = subject;
        const held: Load<HoldJob>[] = [];
        const samples: Sample[] = [];
        try {
          // Compiling what is run often would stand in the first figure alone.
          await requests(subject);
          let standing = 0;
          for (const flows of places) {
            const load = new Load({ kind: "hold", port, withHeader, flows: flows - standing, send: "x", reads: true });
            held.push(load);
            await load.begun;
            standing = flows;
            const rest = await cpuFor(subject, () => pass(restSeconds * 1000, { units: restSeconds * 1000 }));
            const work = await cpuFor(subject, () => requests(subject));
            samples.push({ figure: "rest", at: flows, value: rest.perUnit ?? 0 });
            samples.push({ figure: "request", at: flows, value: work.perUnit ?? 0 });
          }
          return samples;
        } finally {
          await Promise.all(held.map((load) => load.kill()));
          await subject.running?.stop();
        }
      },
      close: () => target.running.stop(),
    };
  },
};

async function requests({ port, withHeader }: Subject): Promise<{ readonly units: number }> {
  const { answered: units } = await runLoad({
    kind: "requests",
    port,
    withHeader,
    connections: 10,
    perSecond,
    seconds,
    request: "ping\n",
    answerEnd: "ping\n",
  });
  return { units };
}
