import type { Bench, Progress } from "../bench.ts";
import type { Row, Table } from "../report/table.ts";
import { judge, type Target } from "../report/target.ts";
import { BenchFolder } from "./bench-folder.ts";
import { type Contestant, contestants } from "./contestants.ts";
import { echoThrough, holdIdleFlows } from "./flows.ts";
import { missingPrograms } from "./programs.ts";
import type { Running } from "./running.ts";
import { startEchoTarget, startHttpTarget } from "./targets.ts";
import { runWrk } from "./wrk.ts";

const rounds = 5;
const bulkMiB = 256;
const idleFlows = 5_000;
const firstPort = 17_400;

/** One thing that is measured of each proxy, once in each round. */
interface Line {
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  readonly target: "http" | "echo";
  readonly targets: readonly Target[];
  /** Start each proxy anew for each turn: memory that one turn made it take would be missing from the next. */
  readonly fresh?: boolean;
  measure(proxy: Running, port: number): Promise<number>;
}

/** At most so many times HAProxy's cost. */
function atMost(times: number): Target[] {
  return [{ kind: "cost", of: "edge-proxy", over: "haproxy", atMost: times }];
}

const lines: readonly Line[] = [
  {
    title: "CPU time for a keep-alive request",
    about: "50 connections, small answers, one thread of load.",
    unit: "µs",
    target: "http",
    targets: atMost(1.1),
    measure: (proxy, port) => cpuFor(proxy, async () => (await runWrk(port, false)).requests),
  },
  {
    title: "CPU time for a connection",
    about: "One request on each, 50 at a time.",
    unit: "µs",
    target: "http",
    targets: atMost(2),
    measure: (proxy, port) => cpuFor(proxy, async () => (await runWrk(port, true)).requests),
  },
  {
    title: "CPU time for a GiB",
    about: `${bulkMiB} MiB to an echo and back, on one connection; both directions count.`,
    unit: "ms",
    target: "echo",
    targets: atMost(0.85),
    measure: async (proxy, port) => {
      const microseconds = await cpuFor(proxy, async () => {
        await echoThrough(port, bulkMiB);
        return (2 * bulkMiB) / 1024;
      });
      return microseconds / 1000;
    },
  },
  {
    title: "Memory for an idle flow",
    about: `${idleFlows} flows that have carried a byte each way, more resident memory than before them.`,
    unit: "KiB",
    target: "echo",
    fresh: true,
    targets: [{ kind: "figure", of: "edge-proxy", atMost: 5 }],
    measure: async (proxy, port) => {
      const before = proxy.residentKiB();
      const release = await holdIdleFlows(port, idleFlows);
      const after = proxy.residentKiB();
      await release();
      return (after - before) / idleFlows;
    },
  },
];

/** CPU time of a process for each unit of the work that is done meanwhile. */
async function cpuFor(proxy: Running, work: () => Promise<number>): Promise<number> {
  const before = proxy.cpuMicroseconds();
  const units = await work();
  return (proxy.cpuMicroseconds() - before) / units;
}

export const system: Bench = {
  name: "system",
  about: "the edge proxy beside what you would use instead: CPU time and memory of the proxy's process",
  async run(progress) {
    const missing = missingPrograms();
    for (const needed of ["nginx", "wrk"]) {
      const install = missing.get(needed);
      if (install !== undefined) throw new Error(`the system benches need ${needed}: ${install}`);
    }
    const folder = new BenchFolder();
    const targets = [
      await startHttpTarget(folder, firstPort, firstPort + 1),
      await startEchoTarget(firstPort + 2, firstPort + 3),
    ];
    try {
      const present = contestants.filter(({ name }) => !missing.has(name));
      const absent = [...missing].map(([name, install]) => `${name}: ${install}`);
      const tables: Table[] = [];
      for (const [index, line] of lines.entries()) {
        tables.push(await measureLine(line, index, folder, present, absent, progress));
      }
      return tables;
    } finally {
      await Promise.all(targets.map((target) => target.stop()));
      folder.remove();
    }
  },
};

/** All contestants in turn, round by round: what the machine does to one, it does to the others. */
async function measureLine(
  line: Line,
  index: number,
  folder: BenchFolder,
  present: readonly Contestant[],
  absent: readonly string[],
  progress: Progress,
): Promise<Table> {
  const targetPort = line.target === "http" ? firstPort : firstPort + 2;
  const start = (contestant: Contestant, port: number): Promise<Running> => contestant.start(folder, port, targetPort);
  const turns = present.map((contestant, turn) => ({
    contestant,
    port: firstPort + 10 + turn,
    proxy: undefined as Running | undefined,
    values: [] as number[],
  }));
  const steps = lines.length * (rounds + 1) * present.length;
  try {
    // Round 0 is for warming up and does not count.
    for (let round = 0; round <= rounds; round++) {
      for (const [turn, it] of turns.entries()) {
        progress((index * (rounds + 1) + round) * turns.length + turn, steps, `${line.title}: ${it.contestant.name}`);
        it.proxy ??= await start(it.contestant, it.port);
        const value = await line.measure(it.proxy, it.port);
        if (round > 0) it.values.push(value);
        if (!line.fresh) continue;
        await it.proxy.stop();
        it.proxy = undefined;
      }
    }
  } finally {
    await Promise.all(turns.map(({ proxy }) => proxy?.stop()));
  }
  const rows: Row[] = turns.map(({ contestant, values }) => ({ name: contestant.name, rounds: values }));
  const hasReference = rows.some(({ name }) => name === "haproxy");
  return {
    title: line.title,
    about: line.about,
    unit: line.unit,
    rows,
    ...(hasReference ? { reference: "haproxy", comparedBy: "cost" } : {}),
    absent,
    verdicts: line.targets
      .filter((target) => target.kind === "figure" || hasReference)
      .map((target) => judge(target, rows, line.unit)),
  };
}
