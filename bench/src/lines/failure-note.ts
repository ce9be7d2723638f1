import type { Failure } from "../load/job.ts";

/** How often each reason was given, for the report: `12 × ECONNRESET, 3 × no answer in time`. Undefined without failures. */
export function failureNote(failures: readonly Failure[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { reason } of failures) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts.size === 0 ? undefined : [...counts].map(([reason, count]) => `${count} × ${reason}`).join(", ");
}
