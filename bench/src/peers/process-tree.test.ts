import { type ChildProcess, spawn } from "node:child_process";
import { on, once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { type CpuTimes, carriersOf, cpuSpent, cpuTimesOf, residentKiBOf, totalMicroseconds } from "./process-tree.ts";

let started: ChildProcess | undefined;
afterEach(async () => {
  if (started?.pid === undefined) return;
  const exited = once(started, "exit");
  process.kill(-started.pid, "SIGKILL");
  await exited;
  started = undefined;
});

/** A program with a child and a grandchild; each prints its id when it is there, and the grandchild does the work. */
async function family(): Promise<{ readonly root: number; readonly grandchild: number }> {
  const grandchild = "const until = process.cpuUsage().user + 50_000; while (process.cpuUsage().user < until); say()";
  const run = (program: string): string => `require("node:child_process").spawn(process.execPath, ["-e", ${program}], {
    stdio: "inherit" })`;
  const say = "const say = () => { console.log(process.pid); setInterval(() => {}, 1000); };";
  const child = `${say} say(); ${run(JSON.stringify(`${say} ${grandchild}`))}`;
  started = spawn(process.execPath, ["-e", `${say} say(); ${run(JSON.stringify(child))}`], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const pids: number[] = [];
  const lines = on(createInterface(started.stdout!), "line");
  while (pids.length < 3) pids.push(Number((await lines.next()).value[0]));
  return { root: started.pid ?? 0, grandchild: pids[2] ?? 0 };
}

const timesOf = (processes: Record<number, Record<number, number>>): CpuTimes =>
  new Map(
    Object.entries(processes).map(([pid, threads]) => [
      Number(pid),
      new Map(Object.entries(threads).map(([id, time]) => [Number(id), time])),
    ]),
  );

test("CPU time and memory are those of a process, its children and theirs", async () => {
  const { root, grandchild } = await family();
  const times = cpuTimesOf(root);
  expect(times.size).toBe(3);
  expect([...times.keys()]).toContain(grandchild);
  const own = [...(times.get(grandchild)?.values() ?? [])].reduce((sum, time) => sum + time, 0);
  // It counts its own time until it has used so much.
  expect(own).toBeGreaterThan(50e6);
  expect(totalMicroseconds(times)).toBeGreaterThan(own / 1000);

  const residentKiB = [...times.keys()].map((pid) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
  );
  const all = residentKiBOf(root);
  expect(all).toBeGreaterThan(Math.max(...residentKiB));
  // Three processes of one program have its text once.
  expect(all).toBeLessThan(residentKiB.reduce((sum, one) => sum + one, 0));
});

test("nobody who is gone has spent anything", () => {
  // Above what Linux gives to any process.
  const pid = 2 ** 22 + 1;
  expect(cpuTimesOf(pid)).toEqual(new Map());
  expect(residentKiBOf(pid)).toBe(0);
});

test("what was spent is the difference, in full for those that began meanwhile, and nothing for a thread that ended", () => {
  const before = timesOf({ 1: { 1: 5_000, 2: 7_000 } });
  const after = timesOf({ 1: { 1: 9_000 }, 8: { 8: 3_000 } });
  const spent = cpuSpent(before, after);
  expect(spent).toEqual(timesOf({ 1: { 1: 4_000 }, 8: { 8: 3_000 } }));
  expect(totalMicroseconds(spent)).toBe(7);
});

test("a process that ends while it is measured is an error, because what it has spent is gone with it", () => {
  const before = timesOf({ 1: { 1: 5_000 }, 8: { 8: 3_000 } });
  expect(() => cpuSpent(before, timesOf({ 1: { 1: 9_000 } }))).toThrow("process 8 has ended while it was measured");
});

test("the work is done by the workers of a master, or by the threads of a process that has none", () => {
  expect(carriersOf(timesOf({ 1: { 1: 500 }, 8: { 8: 3_000, 9: 1_000 }, 10: { 10: 2_000 } }))).toEqual([4, 2]);
  expect(carriersOf(timesOf({ 1: { 1: 500, 2: 1_500 } }))).toEqual([0.5, 1.5]);
});
