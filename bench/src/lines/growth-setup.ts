import { setTimeout as pass } from "node:timers/promises";
import { runLoad } from "../load/load.ts";
import type { Contestant, Kind, Subject } from "../peers/contestant.ts";
import type { ProxySetup } from "../peers/proxy-setup.ts";
import { cpuFor } from "./cpu-time.ts";
import type { Figure, Sample } from "./line.ts";

/** What a program does late in its start, and compiling what is run often, is no part of what it does in the long run. */
const settleMs = 500;
const restMs = 750;
const warmUpPerSecond = 3_000;
const measuredPerSecond = 1_000;
const seconds = 0.75;

/** Growth is shown beside HAProxy's alone, to tell what has to grow. */
export const growthOf: readonly Kind[] = ["haproxy", "edge-proxy"];

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
      about: `${measuredPerSecond} connections per second, what is spent at rest taken off.`,
      unit: "µs",
      axis,
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 1.25 }],
    },
  ];
}

/** Starts a proxy with so much to do and looks at what that costs. */
export async function measureGrowth(contestant: Contestant, setup: ProxySetup): Promise<readonly Sample[]> {
  const subject = await contestant.start(setup);
  const { running } = subject;
  if (running === undefined) return [];
  try {
    const start = running.cpuMicroseconds() / 1000;
    const memory = running.residentKiB() / 1024;
    await pass(settleMs);
    const restBefore = await cpuAtRest(subject);
    await connections(subject, warmUpPerSecond);
    const startMs = performance.now();
    const work = await cpuFor(subject, () => connections(subject, measuredPerSecond));
    const workMs = performance.now() - startMs;
    // Checks of new targets become fewer meanwhile.
    const rest = (restBefore + (await cpuAtRest(subject))) / 2;
    return [
      { figure: "start", value: start },
      { figure: "memory", value: memory },
      { figure: "rest", value: rest },
      { figure: "connection", value: (work.perUnit ?? 0) - (rest * workMs) / work.done.units },
    ];
  } finally {
    await running.stop();
  }
}

/** Milliseconds for each second, and so microseconds for each millisecond. */
async function cpuAtRest(subject: Subject): Promise<number> {
  const { perUnit = 0 } = await cpuFor(subject, () => pass(restMs, { units: restMs }));
  return perUnit;
}

async function connections({ port, withHeader }: Subject, perSecond: number): Promise<{ readonly units: number }> {
  const { answered: units } = await runLoad({
    kind: "connections",
    port,
    withHeader,
    perSecond,
    seconds,
    request: "ping\n",
    answerEnd: "ping\n",
    answerWithinMs: 5_000,
  });
  return { units };
}
