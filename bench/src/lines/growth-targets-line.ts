import { freePort } from "../peers/ports.ts";
import { manyTargets } from "../peers/proxy-setup.ts";
import { startEchoTarget } from "../peers/targets.ts";
import { growthFigures, growthOf, measureGrowth } from "./growth-setup.ts";
import type { Line } from "./line.ts";

const places = [1, 100, 1_000, 10_000];

/** A target group that grows. */
export const growthTargetsLine: Line = {
  name: "growth-targets",
  group: "growth",
  about: "cost as targets grow in number, each on an address of its own and checked every 30 seconds",
  rounds: 2,
  warmsUp: false,
  places,
  needs: [],
  only: growthOf,
  absent: {},
  figures: growthFigures("targets", "In the first seconds, health checks of targets that are new among it."),
  async open(folder) {
    const target = await startEchoTarget(places.at(-1));
    return {
      async measure(contestant, count) {
        const ports = [await freePort()];
        const targets = manyTargets(count, target.port);
        return measureGrowth(contestant, { folder, ports, targets, checks: "slow" });
      },
      close: () => target.running.stop(),
    };
  },
};
