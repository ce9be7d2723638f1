import { runLoad } from "../load/load.ts";
import { startEchoTarget } from "../peers/targets.ts";
import { cpuFor } from "./cpu-time.ts";
import { atMost, type Line } from "./line.ts";
import { StandingProxies } from "./standing-proxies.ts";

const mebibytes = 512;
/** Both directions count. */
const gibibytes = (2 * mebibytes) / 1024;

/** CPU time of a GiB. */
export const bulkLine: Line = {
  name: "bulk",
  group: "system",
  about: "what bytes cost the proxy, and how fast they go through",
  rounds: 7,
  warmsUp: true,
  needs: [],
  absent: {},
  figures: [
    {
      key: "cpu",
      title: "CPU time for a GiB",
      about: `${mebibytes} MiB to an echo and back, on one connection; both directions count. No proxy takes none.`,
      unit: "ms",
      targets: atMost(0.85),
    },
    {
      key: "rate",
      title: "MiB per second through one connection",
      about: "Both directions. Client and echo are Node programs and share the machine with the proxy.",
      unit: "MiB/s",
      better: "more",
      elapsed: true,
      targets: [],
    },
  ],
  async open(folder) {
    const proxies = new StandingProxies(folder, await startEchoTarget());
    return {
      async measure(contestant) {
        const subject = await proxies.subject(contestant);
        const { port, withHeader } = subject;
        const { perUnit, done } = await cpuFor(subject, async () => {
          const { seconds } = await runLoad({ kind: "echo", port, withHeader, mebibytes });
          return { units: gibibytes, seconds };
        });
        const rate = { figure: "rate", value: (2 * mebibytes) / done.seconds };
        return perUnit === undefined ? [rate] : [{ figure: "cpu", value: perUnit / 1000 }, rate];
      },
      close: () => proxies.close(),
    };
  },
};
