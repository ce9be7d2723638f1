import { runLoad } from "../load/load.ts";
import { startEchoTarget } from "../peers/targets.ts";
import { failureNote } from "./failure-note.ts";
import type { Line } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

const burst = 1_000;
const perSecond = 2_000;
const seconds = 1.5;
const about = `${burst} clients at the same moment, every half second for ${seconds} seconds; from that moment to the answer of each.`;

/** Many clients at once. */
export const stormLine: Line = {
  name: "storm",
  group: "system",
  about: "a thousand clients at the same moment",
  rounds: 5,
  warmsUp: true,
  needs: [],
  absent: {},
  figures: [
    {
      key: "p50",
      title: "Connection storm: half of the clients are answered",
      about,
      unit: "ms",
      elapsed: true,
      targets: [],
    },
    {
      key: "max",
      title: "Connection storm: the last client is answered",
      about,
      unit: "ms",
      elapsed: true,
      targets: [],
    },
    {
      key: "failed",
      title: "Connection storm: clients without an answer",
      about: `Of ${perSecond * seconds}, within five seconds.`,
      unit: "clients",
      targets: [{ kind: "figure", of: "edge-proxy", atMost: 0 }],
    },
  ],
  async open(folder) {
    const proxies = new StandingProxies(folder, await startEchoTarget());
    return {
      async measure(contestant) {
        const { port, withHeader } = await proxies.subject(contestant);
        const { latency, failures } = await runLoad({
          kind: "connections",
          port,
          withHeader,
          perSecond,
          seconds,
          burst,
          request: "ping\n",
          answerEnd: "ping\n",
          answerWithinMs: 5_000,
        });
        return [
          { figure: "p50", value: latency.p50 / 1000 },
          { figure: "max", value: latency.max / 1000 },
          { figure: "failed", value: failures.length, note: failureNote(failures) },
        ];
      },
      close: () => proxies.close(),
    };
  },
};
