import { runChild } from "../child.ts";
import { growthOf } from "./growth-setup.ts";
import type { Line, Sample } from "./line.ts";

const program = new URL("./update-process.js", import.meta.url);

/** A change of one target among many. */
export const growthUpdateLine: Line = {
  name: "growth-update",
  group: "growth",
  about: "cost of a change of one target, as targets grow in number",
  rounds: 2,
  warmsUp: false,
  places: [10, 100, 1_000, 10_000],
  needs: [],
  only: growthOf,
  absent: { haproxy: "starts a new process for a change" },
  figures: ["without", "with"].map((sticky) => ({
    key: sticky,
    title: `CPU time for an update, ${sticky} stickiness, by targets`,
    about: "`update()` with one target more or less than before, from plain data: validation, diff, new routes.",
    unit: "ms",
    axis: "targets",
    targets: [{ kind: "growth", of: "edge-proxy", atMost: 10.5 }],
  })),
  async open() {
    return {
      async measure({ runtime }, targets) {
        if (runtime === undefined) return [];
        const { execPath } = runtime;
        const samples: Sample[] = [];
        for (const figure of ["without", "with"]) {
          samples.push({ figure, value: await runChild<number>(program, [String(targets), figure], { execPath }) });
        }
        return samples;
      },
      close: async () => {},
    };
  },
};
