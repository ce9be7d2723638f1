import { setInterval as every } from "node:timers/promises";
import { Load } from "../load/load.ts";
import { freePort } from "../peers/ports.ts";
import { startEchoTarget } from "../peers/targets.ts";
import { failureNote } from "./failure-note.ts";
import type { Line } from "./line.ts";

const reloads = 8;
const everyMs = 300;
const perSecond = 500;
const seconds = 3;
const held = 200;
const restart = "takes a restart for a change";

/** Changes of the config under load. */
export const reloadLine: Line = {
  name: "reload",
  group: "system",
  about: `${reloads} changes of the config under load: who loses connections`,
  rounds: 3,
  warmsUp: false,
  needs: [],
  absent: { "node pipe": restart, "no proxy": "has no config" },
  figures: [
    {
      key: "failed",
      title: "Reload: connections that failed",
      about: `Of ${perSecond * seconds} in ${seconds} seconds, while a second target comes and goes ${reloads} times.`,
      unit: "connections",
      targets: [{ kind: "figure", of: "edge-proxy", atMost: 0 }],
    },
    {
      key: "cut",
      title: "Reload: standing flows that were cut",
      about: `Of ${held} flows to the target that stays, idle all the while.`,
      unit: "flows",
      targets: [{ kind: "figure", of: "edge-proxy", atMost: 0 }],
    },
    {
      key: "p99",
      title: "Reload: time to an answer, p99",
      about: "On the connections that did not fail.",
      unit: "ms",
      elapsed: true,
      targets: [],
    },
  ],
  async open(folder) {
    const targets = [await startEchoTarget(), await startEchoTarget()];
    const addresses = targets.map(({ port }) => ({ address: "127.0.0.1", port }));
    return {
      async measure(contestant) {
        const setup = { folder, ports: [await freePort()], targets: addresses.slice(0, 1) };
        const subject = await contestant.startReloadable?.(setup, { ...setup, targets: addresses });
        if (subject === undefined) throw new Error(`${contestant.name} cannot reload`);
        const { port, withHeader } = subject;
        const standing = new Load({ kind: "hold", port, withHeader, flows: held, send: "x", reads: true });
        const load = new Load({
          kind: "connections",
          port,
          withHeader,
          perSecond,
          seconds,
          request: "ping\n",
          answerEnd: "ping\n",
          answerWithinMs: 5_000,
        });
        try {
          await Promise.all([standing.begun, load.begun]);
          let turn = 0;
          for await (const _ of every(everyMs)) {
            subject.reload();
            if (++turn === reloads) break;
          }
          const { latency, failures } = await load.result();
          const left = await standing.stop();
          return [
            { figure: "failed", value: failures.length, note: failureNote(failures) },
            { figure: "cut", value: held - left.standing },
            { figure: "p99", value: latency.p99 / 1000 },
          ];
        } finally {
          await Promise.all([load.kill(), standing.kill()]);
          await subject.running?.stop();
        }
      },
      close: async () => void (await Promise.all(targets.map(({ running }) => running.stop()))),
    };
  },
};
