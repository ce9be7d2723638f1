import { setTimeout as pass } from "node:timers/promises";
import { runLoad } from "../load/load.ts";
import type { Contestant, Kind } from "../peers/contestant.ts";
import type { ProxySetup } from "../peers/proxy-setup.ts";
import { cpuFor } from "./cpu-time.ts";
import type { Figure, Sample } from "./line.ts";

const restSeconds = 2;
const perSecond = 1_000;
const seconds = 1;
const other = "not in this line";

/** Growth is shown beside HAProxy's alone, to tell what has to grow. */
export const growthAbsent: Partial<Readonly<Record<Kind, string>>> = {
  "nginx stream": other,
  "node pipe": other,
  "no proxy": other,
};

/** What is looked at as the config grows. */
export function growthFigures(axis: string, checks: string): readonly Figure[] {
  return [
    {
      key: "start",
      title: `CPU time until it listens, by ${axis}`,
      about: "From the start of the program to the first connection.",
      unit: "ms",
      axis,
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 10.5 }],
    },
    {
      key: "memory",
      title: `Memory, by ${axis}`,
      about: "Resident, with no flow.",
      unit: "MiB",
      axis,
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 10.5 }],
    },
    {
      key: "rest",
      title: `CPU time at rest, by ${axis}`,
      about: checks,
      unit: "ms/s",
      axis,
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 12 }],
    },
    {
      key: "connection",
      title: `CPU time for a connection, by ${axis}`,
      about: `${perSecond} connections per second, what is spent at rest taken off.`,
      unit: "µs",
      axis,
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 1.25 }],
    },
  ];
}

/** Starts a proxy with so much to do and looks at what that costs. */
export async function measureGrowth(contestant: Contestant, setup: ProxySetup, at: number): Promise<readonly Sample[]> {
  const subject = await contestant.start(setup);
  const { running, port, withHeader } = subject;
  if (running === undefined) return [];
  try {
    const start = running.cpuMicroseconds() / 1000;
    const memory = running.residentKiB() / 1024;
    const rest = await cpuFor(subject, () => pass(restSeconds * 1000, { units: restSeconds }));
    const before = performance.now();
    const work = await cpuFor(subject, async () => {
      const { answered } = await runLoad({
        kind: "connections",
        port,
        withHeader,
        perSecond,
        seconds,
        request: "ping\n",
        answerEnd: "ping\n",
        answerWithinMs: 5_000,
      });
      return { units: answered };
    });
    const workSeconds = (performance.now() - before) / 1000;
    const background = ((rest.perUnit ?? 0) * workSeconds) / work.done.units;
    return [
      { figure: "start", at, value: start },
      { figure: "memory", at, value: memory },
      { figure: "rest", at, value: (rest.perUnit ?? 0) / 1000 },
      { figure: "connection", at, value: (work.perUnit ?? 0) - background },
    ];
  } finally {
    await running.stop();
  }
}
