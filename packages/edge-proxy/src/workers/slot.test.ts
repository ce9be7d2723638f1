import { VirtualClock } from "@edgekit/health/monitor";
import { describe, expect, it } from "vitest";
import { Slot } from "./slot.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Nobody asks it for anything here. */
const link = { pid: 1 } as WorkerLink;

/** How long after each end of a worker the next one was started, when each has lived for so long. */
async function delaysMs(livesMs: readonly number[]): Promise<readonly number[]> {
  const clock = new VirtualClock();
  const slot = new Slot(0, clock);
  const delays: number[] = [];
  slot.filled(link);
  for (const lifeMs of livesMs) {
    await clock.advanceAsync(lifeMs);
    slot.emptied();
    const endedMs = clock.now();
    let restarted = false;
    slot.later(() => {
      restarted = true;
    });
    while (!restarted) await clock.advanceAsync(1);
    delays.push(clock.now() - endedMs);
    slot.filled(link);
  }
  expect(slot.restarts).toBe(livesMs.length);
  return delays;
}

describe("the place of a worker", () => {
  it("is filled again soon after one that has lived, and later and later where each ends at once, up to 10 s", async () => {
    expect(await delaysMs([60_000])).toEqual([100]);
    expect(await delaysMs(Array.from({ length: 9 }, () => 50))).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000,
    ]);
  });

  it("is filled soon again once one has lived for 10 s", async () => {
    expect(await delaysMs([50, 50, 9_999, 10_000, 50])).toEqual([100, 200, 400, 100, 200]);
  });

  it("stays empty once it is closed", async () => {
    const clock = new VirtualClock();
    const slot = new Slot(0, clock);
    slot.filled(link);
    slot.emptied();
    slot.later(() => expect.unreachable());
    slot.close();
    await clock.advanceAsync(60_000);
    expect(slot.restarts).toBe(0);
  });

  it("forgets what its last worker has told of itself", () => {
    const slot = new Slot(0, new VirtualClock());
    slot.filled(link);
    slot.reported({ sourcePortsInUse: 7, numbers: { fdsOpen: 20, loopDelay: [] } });
    slot.reported({ sourcePortsInUse: 8 });
    expect([slot.sourcePortsInUse, slot.numbers?.fdsOpen]).toEqual([8, 20]);
    slot.emptied();
    expect([slot.process, slot.link, slot.sourcePortsInUse, slot.numbers]).toEqual([
      undefined,
      undefined,
      0,
      undefined,
    ]);
  });
});
