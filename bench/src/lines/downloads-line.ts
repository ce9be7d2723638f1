import { httpFile, startHttpTarget } from "../peers/targets.ts";
import { cpuForWrk } from "./cpu-time.ts";
import type { Line } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

const about = `Files of ${httpFile.bytes / 1024} KiB, each on a connection of its own, 50 at a time.`;
const mebibytesPerFile = httpFile.bytes / 2 ** 20;

/** CPU time of a GiB in many short transfers, where `bulk` has one long one. */
export const downloadsLine: Line = {
  name: "downloads",
  group: "system",
  about: "what bytes cost the proxy in transfers that are soon over",
  rounds: 7,
  warmsUp: true,
  needs: ["nginx", "wrk"],
  absent: {},
  figures: [
    {
      key: "cpu",
      title: "CPU time for a GiB of short downloads",
      about: `${about} Of all processes of the proxy; no proxy takes none.`,
      unit: "ms",
      targets: [],
    },
    {
      key: "rate",
      title: "MiB per second of short downloads",
      about: `${about} Load, proxy and target share the machine.`,
      unit: "MiB/s",
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
        const port = subject.withHeader ? (target.plainPort ?? 0) : subject.port;
        const { perUnit, perSecond } = await cpuForWrk(subject, true, { port, path: httpFile.path });
        const rate = { figure: "rate", value: perSecond * mebibytesPerFile };
        if (perUnit === undefined) return [rate];
        return [{ figure: "cpu", value: (perUnit / mebibytesPerFile) * (1024 / 1000) }, rate];
      },
      close: () => proxies.close(),
    };
  },
};
