import { setTimeout as pass } from "node:timers/promises";
import { runLoad } from "../load/load.ts";
import type { Contestant, Kind, Subject } from "../peers/contestant.ts";
import type { ProxySetup } from "../peers/proxy-setup.ts";
import { cpuFor } from "./cpu-time.ts";
import type { Figure, Sample } from "./line.ts";

/** What a program does late in its start, and compiling what is run often, is no part of what it does in the long run. */
const settleMs = 500;
const restMs = 1_000;
const perSecond = { few: 500, many: 3_000 };
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
      // HAProxy takes less than can be measured in a second: by that nothing can be divided.
      compared: false,
      axis,
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 12 }],
    },
    {
      key: "connection",
      title: `CPU time for a connection, by ${axis}`,
      about: `What ${perSecond.many} connections per second cost more than ${perSecond.few}: health checks go on under both, and cost less there than at rest.`,
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
    const rest = await cpuFor(subject, () => pass(restMs, { units: restMs }));
    await connections(subject, perSecond.many);
    const few = await connections(subject, perSecond.few);
    const many = await connections(subject, perSecond.many);
    return [
      { figure: "start", value: start },
      { figure: "memory", value: memory },
      // Milliseconds for each second, and so microseconds for each millisecond.
      { figure: "rest", value: rest.perUnit ?? 0 },
      { figure: "connection", value: (many.spent - few.spent) / (many.units - few.units) },
    ];
  } finally {
    await running.stop();
  }
}

/** @returns how many were answered, and the proxy's CPU time in microseconds */
async function connections(
  subject: Subject,
  rate: number,
): Promise<{ readonly units: number; readonly spent: number }> {
  const { port, withHeader } = subject;
  const { perUnit = 0, done } = await cpuFor(subject, async () => {
    const { answered } = await runLoad({
      kind: "connections",
      port,
      withHeader,
      perSecond: rate,
      seconds,
      request: "ping\n",
      answerEnd: "ping\n",
      answerWithinMs: 5_000,
    });
    return { units: answered };
  });
  return { units: done.units, spent: perUnit * done.units };
}
