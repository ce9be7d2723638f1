/** The worker processes of an instance that runs, from its admin server: those that stand now. */
export async function workerPids(admin: string): Promise<readonly number[]> {
  const response = await fetch(`${admin}/api/state`, { headers: { connection: "close" } });
  const { workers } = (await response.json()) as { readonly workers: readonly { readonly pid?: number | null }[] };
  return workers.flatMap(({ pid }) => pid ?? []);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
