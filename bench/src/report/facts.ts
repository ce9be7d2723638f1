import { describeShare, isDisturbing, shareInAll } from "./others.ts";
import type { Report } from "./report.ts";

/** One sentence each, for the top of a report. */
export function factsOf({ machine, finishedAt, benches }: Report): readonly string[] {
  const { cpu, cores, memoryGiB, kernel, node, v8, otherNodes, versions } = machine;
  const others = shareInAll(benches);
  return [
    `${finishedAt}${isDisturbing(others) ? `; ${describeShare(others)}: repeat before believing it` : ""}`,
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}`,
    `Node ${node}, V8 ${v8}${otherNodes.map((version) => `; beside it Node ${version}`).join("")}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
  ];
}
