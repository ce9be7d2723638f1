import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { manyTargets } from "../peers/proxy-setup.ts";
import { growthOf } from "./growth-setup.ts";
import type { Line } from "./line.ts";

/** A config file that grows. */
export const growthConfigLine: Line = {
  name: "growth-config",
  group: "growth",
  about: "cost of checking a config file as it grows",
  rounds: 2,
  warmsUp: false,
  places: [10, 100, 1_000, 10_000],
  needs: [],
  only: growthOf,
  absent: {},
  figures: [
    {
      key: "check",
      title: "CPU time to check a config file, by its targets",
      about:
        "`edge-proxy check` and `haproxy -c`: a program's start, reading, parsing, validation. About 40 bytes for each target.",
      unit: "ms",
      axis: "targets",
      targets: [{ kind: "growth", of: "edge-proxy", atMost: 10.5 }],
    },
  ],
  async open(folder) {
    return {
      async measure({ checkCommand }, count) {
        const command = checkCommand?.({ folder, ports: [8080], targets: manyTargets(count, 3000), checks: "slow" });
        return command === undefined ? [] : [{ figure: "check", value: await cpuMilliseconds(command) }];
      },
      close: async () => {},
    };
  },
};

/** User and system time of a program that ends by itself, from the shell's `times`, whose second line is about children. */
async function cpuMilliseconds(command: readonly string[]): Promise<number> {
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  const script = '"$@" >/dev/null || exit; times';
  const { stdout } = await promisify(execFile)("sh", ["-c", script, "sh", ...command], {
    env: { ...process.env, PATH: path },
  });
  const [, children = ""] = stdout.split("\n");
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1000 * Number(seconds),
    0,
  );
}
