import fc from "fast-check";
import { expect, test } from "vitest";
import { QuotaNetwork } from "./support/quota-network.ts";

const keys = ["a", "b"];
const slot = fc.nat({ max: 3 });
const key = fc.constantFrom("a", "a", "a", "b");

type Step =
  | { readonly type: "connect"; readonly slot: number; readonly key: string; readonly count: number }
  | { readonly type: "disconnect"; readonly which: number }
  | {
      readonly type: "deliver";
      readonly slot: number;
      readonly to: "worker" | "lender";
      readonly count: number;
      readonly more: boolean;
    }
  | { readonly type: "prune" | "kill" | "start"; readonly slot: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant("connect"), slot, key, count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("disconnect"), which: fc.nat({ max: 99 }) }) },
  {
    weight: 24,
    arbitrary: fc.record({
      type: fc.constant("deliver"),
      slot,
      to: fc.constantFrom("worker", "lender"),
      count: fc.constantFrom(1, 1, 1, 3),
      more: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("prune"), slot }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("kill"), slot }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("start"), slot }) },
);

function take(network: QuotaNetwork, step: Step): void {
  if (step.type === "disconnect") {
    const { connections } = network;
    const connection = connections[step.which % connections.length];
    if (connection !== undefined) network.disconnect(connection);
    return;
  }
  const at = step.slot % network.slots.length;
  if (step.type === "connect") for (let i = 0; i < step.count; i++) network.connect(at, step.key);
  else if (step.type === "deliver") for (let i = 0; i < step.count; i++) network.deliver(at, step.to);
  else if (step.type === "prune") network.slots[at]?.quota?.prune();
  else if (step.type === "kill") network.kill(at);
  else network.start(at);
}

async function emptied(network: QuotaNetwork): Promise<void> {
  for (const connection of network.connections) network.disconnect(connection);
  await network.deliverAll();
  for (const { quota } of network.slots) quota?.prune();
  await network.deliverAll();
  expect(network.remembered, "records left").toBe(0);
}

test("whatever crosses on the way: the limit holds, nobody is refused below it, everyone gets an answer, nothing is left", async () => {
  const limit = fc.integer({ min: 1, max: 9 });
  const workers = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(limit, workers, fc.array(step, { maxLength: 150, size: "max" }), async (limit, workers, steps) => {
      const network = new QuotaNetwork(limit, workers);
      for (const step of steps) {
        take(network, step);
        // Messages may come in one go, before those whom the first one wakes are back.
        if (step.type !== "deliver" || !step.more) await network.callbacks();
        expect(network.wrong).toBeUndefined();
      }
      await network.deliverAll();
      expect(network.wrong).toBeUndefined();
      expect(network.waiting, "without an answer").toEqual([]);
      await emptied(network);

      for (let slot = 0; slot < workers; slot++) network.start(slot);
      for (const key of keys) {
        const connections = Array.from({ length: limit + 2 }, (_, i) => network.connect(i % 2 ? 0 : workers - 1, key));
        await network.deliverAll();
        const states = connections.map(({ state }) => state).sort();
        expect(states, "the whole limit, and no more").toEqual([
          ...Array.from({ length: limit }, () => "open"),
          "refused",
          "refused",
        ]);
      }
      expect(network.wrong).toBeUndefined();
      await emptied(network);
    }),
    { numRuns: 1_000 },
  );
});
