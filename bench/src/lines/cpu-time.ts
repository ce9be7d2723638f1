import type { Subject } from "../peers/contestant.ts";

/** Microseconds of CPU time of the proxy's process for each unit of the work that is done meanwhile; undefined without a proxy. */
export async function cpuFor<Work extends { readonly units: number }>(
  { running }: Subject,
  work: () => Promise<Work>,
): Promise<{ readonly perUnit: number | undefined; readonly done: Work }> {
  const before = running?.cpuMicroseconds();
  const done = await work();
  const after = running?.cpuMicroseconds();
  return { perUnit: before === undefined || after === undefined ? undefined : (after - before) / done.units, done };
}
