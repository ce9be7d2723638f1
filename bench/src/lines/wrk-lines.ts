import { httpFile, startHttpTarget } from "../peers/targets.ts";
import { cpuForWrk } from "./cpu-time.ts";
import { atMost, type Figure, type Line } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

/** CPU time of a keep-alive request. */
export const requestsLine: Line = wrkLine({
  name: "requests",
  about: "what a keep-alive request costs the proxy, and how many go through",
  work: "50 connections, small answers, one thread of wrk, as fast as it goes.",
  newConnections: false,
  cost: { title: "CPU time for a keep-alive request", unit: "µs", targets: atMost(1.1) },
  rate: { title: "Keep-alive requests per second", unit: "/s" },
});

/** CPU time of a connection. */
export const connectionsLine: Line = wrkLine({
  name: "connections",
  about: "what a connection costs the proxy, and how many go through",
  work: "One request on each, 50 at a time, one thread of wrk, as fast as it goes.",
  newConnections: true,
  cost: { title: "CPU time for a connection", unit: "µs", targets: atMost(2, 1.5) },
  rate: { title: "Connections per second", unit: "/s" },
});

const mebibytesPerFile = httpFile.bytes / 2 ** 20;

/** CPU time of a GiB in many short transfers, where `bulk` has one long one. */
export const downloadsLine: Line = wrkLine({
  name: "downloads",
  about: "what bytes cost the proxy in transfers that are soon over",
  work: `Files of ${httpFile.bytes / 1024} KiB, each on a connection of its own, 50 at a time.`,
  newConnections: true,
  path: httpFile.path,
  cost: {
    title: "CPU time for a GiB of short downloads",
    unit: "ms",
    targets: [],
    from: (microseconds) => (microseconds / mebibytesPerFile) * (1024 / 1000),
  },
  rate: { title: "MiB per second of short downloads", unit: "MiB/s", from: (files) => files * mebibytesPerFile },
});

interface WrkLineOptions extends Pick<Line, "name" | "about"> {
  /** What wrk does. */
  readonly work: string;
  readonly newConnections: boolean;
  /** What it asks for; default the short answer. */
  readonly path?: string;
  /** `from` makes the figure of the microseconds for a request; default the same. */
  readonly cost: Pick<Figure, "title" | "unit" | "targets"> & { readonly from?: (microseconds: number) => number };
  /** The same of the requests in a second. */
  readonly rate: Pick<Figure, "title" | "unit"> & { readonly from?: (requests: number) => number };
}

function wrkLine({ name, about, work, newConnections, path, cost, rate }: WrkLineOptions): Line {
  const { from: toCost = same, ...costFigure } = cost;
  const { from: toRate = same, ...rateFigure } = rate;
  return {
    name,
    group: "system",
    about,
    rounds: 7,
    warmsUp: true,
    needs: ["nginx", "wrk"],
    absent: {},
    figures: [
      { key: "cpu", about: `${work} Of all processes of the proxy; no proxy takes none.`, ...costFigure },
      {
        key: "rate",
        about: `${work} Load, proxy and target share the machine.`,
        better: "more",
        elapsed: true,
        targets: [],
        ...rateFigure,
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
          const asked = path === undefined ? { port } : { port, path };
          const { perUnit, perSecond } = await cpuForWrk(subject, newConnections, asked);
          const through = { figure: "rate", value: toRate(perSecond) };
          return perUnit === undefined ? [through] : [{ figure: "cpu", value: toCost(perUnit) }, through];
        },
        close: () => proxies.close(),
      };
    },
  };
}

function same(value: number): number {
  return value;
}
