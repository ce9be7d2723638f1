import { readFile, stat } from "node:fs/promises";
import { setTimeout as rest } from "node:timers/promises";
import { wallClockMs } from "../../clock.ts";

/** A file that was written so lately may not be written to its end. */
const settledMs = 50;
/** After so many looks a file that never rests is taken as it is. */
const maxLooks = 40;

/**
 * Reads a file once nobody has written to it for a moment. Who writes a file in place empties it first, and an empty config is
 * valid: read too early, it would take every listener away.
 */
export async function readSettledFile(file: string): Promise<Buffer> {
  for (let look = 1; ; look++) {
    const before = await stat(file);
    const bytes = await readFile(file);
    // A pipe can be read once.
    if (!before.isFile()) return bytes;
    const after = await stat(file);
    const restedMs = wallClockMs() - after.mtimeMs;
    // A time in the future says nothing about how long ago it was.
    const isSettled = after.mtimeMs === before.mtimeMs && (restedMs >= settledMs || restedMs < 0);
    if (isSettled || look === maxLooks) return bytes;
    await rest(settledMs);
  }
}
