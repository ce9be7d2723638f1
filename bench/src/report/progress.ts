import type { Progress } from "../bench.ts";

/** Leaves the terminal's line empty. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

/** On a terminal one line that changes; elsewhere a line for each new thing, so that a log stays short. */
export function showProgress(bench: string): Progress {
  let last = "";
  return (done, total, what) => {
    if (process.stderr.isTTY) {
      const text = done < total ? `${bench}: ${Math.floor((100 * done) / total)} % ${what}` : "";
      process.stderr.write(`\r\x1b[K${text}`);
    } else if (what !== last) {
      process.stderr.write(`${bench}: ${Math.floor((100 * done) / total)} % ${what}\n`);
    }
    last = what;
  };
}
