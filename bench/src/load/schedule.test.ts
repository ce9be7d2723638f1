import { expect, test } from "vitest";
import { keepSchedule } from "./schedule.ts";

/** A clock that stands still until somebody rests, and then goes on by a tenth of a millisecond. */
function clock() {
  const time = { nowMs: 1_000 };
  const rest = async (): Promise<void> => {
    time.nowMs += 0.1;
  };
  return { time, now: () => time.nowMs, rest };
}

test("each falls due at its time, none early", async () => {
  const { time, now, rest } = clock();
  const begun: { dueMs: number; atMs: number }[] = [];
  await keepSchedule({ perSecond: 1_000, seconds: 0.005, now, rest }, (dueMs) => {
    begun.push({ dueMs: dueMs - 1_000, atMs: time.nowMs - 1_000 });
  });
  expect(begun.map(({ dueMs }) => dueMs)).toEqual([0, 1, 2, 3, 4]);
  for (const { dueMs, atMs } of begun) expect(atMs).toBeGreaterThanOrEqual(dueMs);
});

test("after a stall those that fell due in it begin at once, and know when they were due", async () => {
  const { time, now, rest } = clock();
  const begun: { dueMs: number; lateMs: number }[] = [];
  await keepSchedule({ perSecond: 1_000, seconds: 0.006, now, rest }, (dueMs) => {
    begun.push({ dueMs: dueMs - 1_000, lateMs: Math.floor(time.nowMs - dueMs) });
    if (begun.length === 2) time.nowMs += 3;
  });
  expect(begun).toEqual([
    { dueMs: 0, lateMs: 0 },
    { dueMs: 1, lateMs: 0 },
    { dueMs: 2, lateMs: 2 },
    { dueMs: 3, lateMs: 1 },
    { dueMs: 4, lateMs: 0 },
    { dueMs: 5, lateMs: 0 },
  ]);
});

test("a burst falls due at the same moment, and the rate stays what it is", async () => {
  const due: number[] = [];
  const { now, rest } = clock();
  await keepSchedule({ perSecond: 1_000, seconds: 0.006, burst: 3, now, rest }, (dueMs) => due.push(dueMs - 1_000));
  expect(due).toEqual([0, 0, 0, 3, 3, 3]);
});
