import { startHttpTarget } from "../peers/targets.ts";
import { cpuForWrk } from "./cpu-time.ts";
import { atMost, type Line } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

/** CPU time of a keep-alive request. */
export const requestsLine: Line = wrkLine({
  name: "requests",
  thing: "keep-alive request",
  about: "50 connections, small answers, one thread of wrk, as fast as it goes.",
  newConnections: false,
  times: 1.1,
});

/** CPU time of a connection. */
export const connectionsLine: Line = wrkLine({
  name: "connections",
  thing: "connection",
  about: "One request on each, 50 at a time, one thread of wrk, as fast as it goes.",
  newConnections: true,
  times: 2,
  timesOnNewest: 1.5,
});

interface WrkLineOptions {
  readonly name: string;
  readonly thing: string;
  readonly about: string;
  readonly newConnections: boolean;
  /** As many times HAProxy's cost are wanted. */
  readonly times: number;
  /** On the newest Node; default the same. */
  readonly timesOnNewest?: number;
}

function wrkLine({ name, thing, about, newConnections, times, timesOnNewest }: WrkLineOptions): Line {
  return {
    name,
    group: "system",
    about: `what a ${thing} costs the proxy, and how many go through`,
    rounds: 7,
    warmsUp: true,
    needs: ["nginx", "wrk"],
    absent: {},
    figures: [
      {
        key: "cpu",
        title: `CPU time for a ${thing}`,
        about: `${about} Of all processes of the proxy; no proxy takes none.`,
        unit: "µs",
        targets: atMost(times, timesOnNewest),
      },
      {
        key: "rate",
        title: `${thing[0]?.toUpperCase()}${thing.slice(1)}s per second`,
        about: `${about} Load, proxy and target share the machine.`,
        unit: "/s",
        better: "more",
        elapsed: true,
        targets: [],
      },
    ],
    async open(folder) {
      const target = await startHttpTarget(folder);
      const proxies = new StandingProxies(folder, target);
      return {
        async measure(contestant) {
          const subject = await proxies.subject(contestant);
          // wrk cannot write PROXY headers.
          const port = subject.withHeader ? (target.plainPort ?? 0) : subject.port;
          const { perUnit, perSecond } = await cpuForWrk(subject, newConnections, { port });
          const rate = { figure: "rate", value: perSecond };
          return perUnit === undefined ? [rate] : [{ figure: "cpu", value: perUnit }, rate];
        },
        close: () => proxies.close(),
      };
    },
  };
}
