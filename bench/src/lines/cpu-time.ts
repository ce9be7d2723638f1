import { runWrk } from "../load/wrk.ts";
import type { Subject } from "../peers/contestant.ts";
import { type CpuTimes, cpuSpent, totalMicroseconds } from "../peers/process-tree.ts";

/**
 * Microseconds of CPU time of a subject, all its processes together, for each unit of the work that is done meanwhile, and who of
 * them spent how much; undefined without a program.
 */
export async function cpuFor<Work extends { readonly units: number }>(
  { running }: Subject,
  work: () => Promise<Work>,
): Promise<{ readonly perUnit?: number; readonly spent?: CpuTimes; readonly done: Work }> {
  const before = running?.cpuTimes();
  const done = await work();
  const after = running?.cpuTimes();
  if (before === undefined || after === undefined) return { done };
  const spent = cpuSpent(before, after);
  return { perUnit: totalMicroseconds(spent) / done.units, spent, done };
}

/** The same for each request that wrk brings, and how many of them were answered in a second. */
export async function cpuForWrk(
  subject: Subject,
  newConnections: boolean,
  { port = subject.port, path }: { readonly port?: number; readonly path?: string } = {},
): Promise<{ readonly perUnit?: number; readonly spent?: CpuTimes; readonly perSecond: number }> {
  const { done, ...cost } = await cpuFor(subject, async () => {
    const { requests, perSecond } = await runWrk(port, newConnections, path);
    return { units: requests, perSecond };
  });
  return { ...cost, perSecond: done.perSecond };
}
