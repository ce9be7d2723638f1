import { setTimeout as pass } from "node:timers/promises";
import { Load, runLoad } from "../load/load.ts";
import type { Running } from "../peers/running.ts";
import { startEchoTarget } from "../peers/targets.ts";
import type { Line, Sample } from "./line.ts";
import { startInFront } from "./standing-proxies.ts";

const readers = 1_000;
/** All buffers are full when proxy and target together take less CPU time than this, in milliseconds, in half a second. */
const calmMs = 25;

/** Clients that ask for a lot and do not read it. */
export const slowLine: Line = {
  name: "slow",
  group: "system",
  about: `${readers} clients that do not read: what they hold of the proxy's memory, and whether others feel them`,
  rounds: 2,
  warmsUp: false,
  needs: [],
  absent: {},
  figures: [
    {
      key: "memory",
      title: "Memory for a stalled flow",
      about: `${readers} clients of a target that sends without end, and none reads; resident memory of the proxy once all buffers are full.`,
      unit: "KiB",
      targets: [{ kind: "figure", of: "edge-proxy", atMost: 300 }],
    },
    {
      key: "p99",
      title: "Latency of others meanwhile, p99",
      about: "500 requests per second over ten connections to the same target.",
      unit: "µs",
      elapsed: true,
      targets: [],
    },
  ],
  async open(folder) {
    const target = await startEchoTarget();
    return {
      async measure(contestant) {
        const { running, port, withHeader } = await startInFront(contestant, folder, target);
        const before = running?.residentKiB() ?? 0;
        const stalled = new Load({ kind: "hold", port, withHeader, flows: readers, send: "!", reads: false });
        try {
          await stalled.begun;
          await calm(running === undefined ? [target.running] : [target.running, running]);
          const after = running?.residentKiB() ?? 0;
          const others = {
            kind: "requests",
            port,
            withHeader,
            connections: 10,
            perSecond: 500,
            request: "ping\n",
            answerEnd: "ping\n",
          } as const;
          // A proxy that has just started is slow for reasons of its own.
          await runLoad({ ...others, seconds: 1 });
          const { latency, failures } = await runLoad({ ...others, seconds: 3 });
          if (failures.length > 0) throw new Error(`${contestant.name}: ${failures[0]?.reason} beside stalled flows`);
          const samples: Sample[] = [{ figure: "p99", value: latency.p99 }];
          if (running !== undefined) samples.push({ figure: "memory", value: (after - before) / readers });
          return samples;
        } finally {
          await stalled.kill();
          await running?.stop();
        }
      },
      close: () => target.running.stop(),
    };
  },
};

/** Waits until nothing moves any more, fifteen seconds at most. */
async function calm(programs: readonly Running[]): Promise<void> {
  const spent = (): number => programs.reduce((sum, running) => sum + running.cpuMicroseconds(), 0) / 1000;
  for (let tries = 0; tries < 30; tries++) {
    const before = spent();
    await pass(500);
    if (spent() - before < calmMs) return;
  }
}
