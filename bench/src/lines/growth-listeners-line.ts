import { freePort } from "../peers/ports.ts";
import { startEchoTarget } from "../peers/targets.ts";
import { growthFigures, growthOf, measureGrowth } from "./growth-setup.ts";
import type { Line } from "./line.ts";

/** A load balancer whose listeners grow in number. */
export const growthListenersLine: Line = {
  name: "growth-listeners",
  group: "growth",
  about: "cost as listeners grow in number",
  rounds: 2,
  warmsUp: false,
  places: [1, 100, 1_000],
  needs: [],
  only: growthOf,
  absent: {},
  figures: growthFigures("listeners", "While no byte goes through."),
  async open(folder) {
    const target = await startEchoTarget();
    const targets = [{ address: "127.0.0.1", port: target.port }];
    return {
      async measure(contestant, count) {
        const ports: number[] = [];
        while (ports.length < count) ports.push(await freePort());
        return measureGrowth(contestant, { folder, ports, targets });
      },
      close: () => target.running.stop(),
    };
  },
};
