import { readdir } from "node:fs/promises";

/** How many descriptors this process has open. */
export async function countFileDescriptors(): Promise<number | undefined> {
  try {
    // Less the one that is reading.
    return (await readdir("/proc/self/fd")).length - 1;
  } catch {
    return undefined;
  }
}
