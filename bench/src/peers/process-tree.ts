import { existsSync, readdirSync, readFileSync } from "node:fs";

/** CPU time so far in nanoseconds, user and system, of each process and in it of each thread. */
export type CpuTimes = ReadonlyMap<number, ReadonlyMap<number, number>>;

/**
 * Of a process and all that descend from it, as many masters and workers as there may be.
 * @throws Error when the kernel does not count
 */
export function cpuTimesOf(root: number): CpuTimes {
  const times = new Map<number, ReadonlyMap<number, number>>();
  for (const pid of processTree(root)) {
    const threads = threadsOf(pid).flatMap((thread) => {
      const spent = unlessGone(`/proc/${pid}/task/${thread}`, (folder) => readFileSync(`${folder}/schedstat`, "utf8"));
      // The first field is the time on a CPU in nanoseconds; /proc/PID/stat counts in ticks of 10 ms.
      return spent === undefined ? [] : [[thread, Number(spent.split(" ")[0])] as const];
    });
    if (threads.length > 0) times.set(pid, new Map(threads));
  }
  return times;
}

/**
 * What was spent from one count to another. Who has begun meanwhile counts in full.
 * @throws Error when a process has ended meanwhile: nobody knows what it has spent
 */
export function cpuSpent(before: CpuTimes, after: CpuTimes): CpuTimes {
  for (const pid of before.keys()) {
    if (!after.has(pid)) throw new Error(`process ${pid} has ended while it was measured`);
  }
  return new Map(
    [...after].map(([pid, threads]) => {
      const spent = [...threads].map(([id, time]) => [id, time - (before.get(pid)?.get(id) ?? 0)] as const);
      return [pid, new Map(spent)];
    }),
  );
}

export function totalMicroseconds(times: CpuTimes): number {
  return sum([...times.values()].map(total)) / 1000;
}

/**
 * The same of each one that does the work: of the processes below the first, where there are any, because those masters
 * only look after them; otherwise of its threads.
 */
export function carriersOf(times: CpuTimes): readonly number[] {
  const [root, ...workers] = times.values();
  const carriers = workers.length > 0 ? workers.map(total) : [...(root?.values() ?? [])];
  return carriers.map((nanoseconds) => nanoseconds / 1000);
}

/**
 * Resident memory in KiB of a process and all that descend from it, each page once: a sum of what `ps` says would count the
 * program's text for each process again, and what a child has not changed since its fork.
 */
export function residentKiBOf(root: number): number {
  const processes = processTree(root).flatMap((pid) => {
    return unlessGone(`/proc/${pid}`, (folder) => [readFileSync(`${folder}/smaps_rollup`, "utf8")]) ?? [];
  });
  const field = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
  // What is no file's is shared only by fork, so that the shares of the tree are all of it. Files, and memory that is made to
  // be shared, are the same for all of one program.
  const own = processes.map((text) => field(text, "Pss_Anon"));
  const shared = processes.map((text) => field(text, "Rss") - field(text, "Anonymous"));
  return sum(own) + Math.max(0, ...shared);
}

/** The process itself first. */
function processTree(root: number): readonly number[] {
  const children = threadsOf(root).flatMap((thread) => {
    const text = unlessGone(`/proc/${root}/task/${thread}`, (folder) => readFileSync(`${folder}/children`, "utf8"));
    return text?.match(/\d+/g)?.map(Number) ?? [];
  });
  return [root, ...children.flatMap(processTree)];
}

function threadsOf(pid: number): readonly number[] {
  return unlessGone(`/proc/${pid}`, (folder) => readdirSync(`${folder}/task`).map(Number)) ?? [];
}

/** A process or thread may end between one look and the next; what is missing of one that is there is an error. */
function unlessGone<T>(folder: string, look: (folder: string) => T): T | undefined {
  try {
    return look(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH" || !existsSync(folder)) return undefined;
    throw error;
  }
}

function total(threads: ReadonlyMap<number, number>): number {
  return sum([...threads.values()]);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
