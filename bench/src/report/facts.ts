import { describeShare, isDisturbing, shareInAll } from "./others.ts";
import type { Report } from "./report.ts";

/** One sentence each, for the top of a report. */
export function factsOf({ machine, finishedAt, benches }: Report): readonly string[] {
  const { cpu, cores, memoryGiB, kernel, node, v8, otherNodes, versions } = machine;
  const others = shareInAll(benches);
  const disturbed = benches.flatMap(({ name, others: share }) =>
    isDisturbing(share) ? [`${name} (${Math.round(100 * share)} %)`] : [],
  );
  return [
    `${finishedAt}${isDisturbing(others) ? `; ${describeShare(others)}: repeat before believing it` : ""}`,
    ...(disturbed.length > 0 ? [`the machine was busy with other work during ${disturbed.join(", ")}`] : []),
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}; no program is pinned to a core`,
    `Node ${node}, V8 ${v8}${otherNodes.map((version) => `; beside it Node ${version}`).join("")}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
  ];
}
