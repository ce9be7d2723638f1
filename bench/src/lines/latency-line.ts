import { runLoad } from "../load/load.ts";
import { httpAnswerEnd, startHttpTarget } from "../peers/targets.ts";
import { httpRequest } from "./http-request.ts";
import type { Line } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

const perSecond = 4_000;
const seconds = 2;
const connections = 50;
const about = `${perSecond} requests per second over ${connections} connections, each counted from when it was to begin.`;

/** Latency at a fixed rate. */
export const latencyLine: Line = {
  name: "latency",
  group: "system",
  about: "how long an answer takes at a fixed rate, open loop",
  rounds: 5,
  warmsUp: true,
  needs: ["nginx"],
  absent: {},
  figures: [
    { key: "p50", title: "Latency, median", about, unit: "µs", elapsed: true, targets: [] },
    { key: "p99", title: "Latency, p99", about, unit: "µs", elapsed: true, targets: [] },
    { key: "p999", title: "Latency, p99.9", about, unit: "µs", elapsed: true, targets: [] },
    {
      key: "late",
      title: "Latency that the load itself adds, p99",
      about: "How late the load process began a request: nothing below it can be told apart.",
      compared: false,
      elapsed: true,
      detail: true,
      unit: "µs",
      targets: [],
    },
  ],
  async open(folder) {
    const proxies = new StandingProxies(folder, await startHttpTarget(folder));
    return {
      async measure(contestant) {
        const { port, withHeader } = await proxies.subject(contestant);
        const { latency, lateness, failures } = await runLoad({
          kind: "requests",
          port,
          withHeader,
          connections,
          perSecond,
          seconds,
          request: httpRequest,
          answerEnd: httpAnswerEnd,
        });
        if (failures.length > 0)
          throw new Error(`${contestant.name}: ${failures.length} requests failed: ${failures[0]?.reason}`);
        return [
          { figure: "p50", value: latency.p50 },
          { figure: "p99", value: latency.p99 },
          { figure: "p999", value: latency.p999 },
          { figure: "late", value: lateness.p99 },
        ];
      },
      close: () => proxies.close(),
    };
  },
};
