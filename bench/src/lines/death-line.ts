import { setTimeout as pass } from "node:timers/promises";
import { runLoad } from "../load/load.ts";
import type { Subject } from "../peers/contestant.ts";
import { freePort } from "../peers/ports.ts";
import { httpAnswerEnd, startHttpTarget, type TargetProcess } from "../peers/targets.ts";
import { httpRequest } from "./http-request.ts";
import type { Figure, Line, Sample } from "./line.ts";

const perSecond = 200;
/** Long enough for checks to have begun and to say that both are there. */
const settleMs = 1_500;
const ways = ["killed", "frozen"] as const;
type Way = (typeof ways)[number];
/** The target dies after half a second of load; it goes on for longer than HAProxy was seen to need: two seconds and four. */
const beforeMs = 500;
const afterSeconds: Readonly<Record<Way, number>> = { killed: 3, frozen: 5 };
const answerWithinMs = 1_000;
const told: Readonly<Record<Way, string>> = {
  killed: "Its process is killed, so that it refuses connections.",
  frozen: "Its process is stopped (SIGSTOP): the kernel goes on accepting and nobody answers.",
};

/** One of two targets dies. */
export const deathLine: Line = {
  name: "death",
  group: "system",
  about: "one of two targets dies: how long clients are still sent to it",
  rounds: 2,
  warmsUp: false,
  needs: ["nginx"],
  absent: { "node pipe": "knows one target", "no proxy": "knows one target" },
  figures: ways.flatMap(figuresOf),
  async open(folder) {
    return {
      async measure(contestant) {
        const samples: Sample[] = [];
        for (const way of ways) {
          const targets = [await startHttpTarget(folder), await startHttpTarget(folder)];
          let subject: Subject | undefined;
          try {
            const addresses = targets.map(({ port }) => ({ address: "127.0.0.1", port }));
            subject = await contestant.start({
              folder,
              ports: [await freePort()],
              targets: addresses,
              checks: "quick",
            });
            await pass(settleMs);
            samples.push(...(await loseOne(way, subject, targets)));
          } finally {
            await subject?.running?.stop();
            await Promise.all(targets.map(({ running }) => running.crash()));
          }
        }
        return samples;
      },
      close: async () => {},
    };
  },
};

function figuresOf(way: Way): Figure[] {
  return [
    {
      key: `${way} last`,
      title: `Death of a target (${way}): the last client that lost by it`,
      about: `${told[way]} HTTP checks every second, two failures take a target down; 0 when nobody lost. The load ends ${afterSeconds[way]} s after the death; no answer in ${answerWithinMs / 1000} s counts as lost.`,
      unit: "ms",
      targets: [],
    },
    {
      key: `${way} failed`,
      title: `Death of a target (${way}): clients that lost by it`,
      about: `Of ${perSecond} per second, half of them for the dead one as long as nobody knows.`,
      unit: "clients",
      targets: [],
    },
  ];
}

async function loseOne(way: Way, { port, withHeader }: Subject, [dying]: readonly TargetProcess[]): Promise<Sample[]> {
  const load = runLoad({
    kind: "connections",
    port,
    withHeader,
    perSecond,
    seconds: beforeMs / 1000 + afterSeconds[way],
    request: httpRequest,
    answerEnd: httpAnswerEnd,
    answerWithinMs,
  });
  await pass(beforeMs);
  const deathMs = Date.now();
  if (way === "killed") await dying?.running.crash();
  else dying?.running.freeze();
  const { failures } = await load;
  const last = Math.max(0, ...failures.map(({ atMs }) => atMs - deathMs));
  return [
    { figure: `${way} last`, value: last },
    { figure: `${way} failed`, value: failures.length },
  ];
}
