import { availableParallelism } from "node:os";
import { runWrk } from "../load/wrk.ts";
import type { Subject } from "../peers/contestant.ts";
import { type CpuTimes, carriersOf } from "../peers/process-tree.ts";
import { startHttpTarget } from "../peers/targets.ts";
import { cpuForWrk } from "./cpu-time.ts";
import type { Figure, Line, Sample } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

const axis = "workers";
/** A connection costs three times as much before V8 has compiled what each worker runs; after so many on each it does no more. */
const warmUpConnections = 5_000;
const kinds = [
  { key: "connection", things: "connections", about: "One request on each, 50 at a time.", newConnections: true },
  { key: "request", things: "keep-alive requests", about: "50 connections.", newConnections: false },
] as const;
type Kind = (typeof kinds)[number];

/** Several processes of ours beside as many threads of HAProxy. */
export const workersLine: Line = {
  name: "workers",
  group: "system",
  about: "the same work in 1, 2 and 4 worker processes (HAProxy: threads): what it costs, how evenly it is spread",
  rounds: 5,
  // Each has its own, longer with more workers, because each of them gets fewer connections.
  warmsUp: false,
  places: [1, 2, 4],
  needs: ["nginx", "wrk"],
  only: ["haproxy", "edge-proxy"],
  absent: {},
  figures: [
    ...kinds.flatMap(figuresOf),
    {
      key: "memory",
      title: "Workers: memory of all processes",
      about: "Resident, after the work, with few flows; what processes share counts once.",
      unit: "MiB",
      axis,
      targets: [],
    },
  ],
  async open(folder) {
    const proxies = new StandingProxies(folder, await startHttpTarget(folder));
    const warm = new Set<Subject>();
    return {
      async measure(contestant, workers) {
        const subject = await proxies.subject(contestant, workers);
        if (!warm.has(subject)) await warmUp(subject, workers);
        warm.add(subject);
        const samples: Sample[] = [];
        for (const { key, newConnections } of kinds) {
          const { perUnit, spent, perSecond } = await cpuForWrk(subject, newConnections);
          samples.push({ figure: `${key} cpu`, value: perUnit ?? 0 }, { figure: `${key} rate`, value: perSecond });
          if (spent !== undefined && workers > 1) samples.push({ figure: `${key} spread`, value: unevenness(spent) });
        }
        return [...samples, { figure: "memory", value: (subject.running?.residentKiB() ?? 0) / 1024 }];
      },
      close: () => proxies.close(),
    };
  },
};

async function warmUp({ port }: Subject, workers: number): Promise<void> {
  for (let done = 0; done < warmUpConnections * workers; ) done += (await runWrk(port, true)).requests;
  await runWrk(port, false);
}

function figuresOf({ key, things, about }: Kind): readonly Figure[] {
  return [
    {
      key: `${key} cpu`,
      title: `Workers: CPU time for a ${things.slice(0, -1)}`,
      about: `${about} Of all processes of the proxy together, the first one too.`,
      unit: "µs",
      axis,
      targets: [],
    },
    {
      key: `${key} rate`,
      title: `Workers: ${things} per second`,
      about: `${about} This machine has ${availableParallelism()} cores, and one thread of wrk and the target want one each: more workers than that have nowhere to run.`,
      unit: "/s",
      axis,
      better: "more",
      elapsed: true,
      detail: true,
      targets: [],
    },
    {
      key: `${key} spread`,
      title: `Workers: how unevenly ${things} are spread`,
      about: `${about} CPU time of the busiest worker, as times the average one's: 1 is even, with two workers 2 is all on one.`,
      unit: "times",
      axis,
      compared: false,
      detail: true,
      targets: [],
    },
  ];
}

function unevenness(spent: CpuTimes): number {
  const each = carriersOf(spent);
  return (Math.max(...each) * each.length) / each.reduce((sum, one) => sum + one, 0);
}
