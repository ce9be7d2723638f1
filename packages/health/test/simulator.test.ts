import { expect, test } from "vitest";
import { type Coverage, Simulation } from "./simulator.ts";

// SEED=17 npx vitest run --project unit packages/health/test/simulator replays one seed.
const only = process.env["SEED"];
const seeds = only === undefined ? Array.from({ length: 1_000 }, (_, index) => index + 1) : [Number(only)];

test(`H14: ${seeds.length} seeded simulations are safe at every tick, and live when faults stop`, {
  timeout: 60_000,
}, async () => {
  const total = { transitions: 0, flows: 0, terminated: 0, inconclusive: 0, failOpenTicks: 0 };
  const states = new Set<string>();
  const cpuAtStart = process.cpuUsage();
  for (const seed of seeds) {
    const simulation = new Simulation(seed);
    let coverage: Coverage;
    try {
      coverage = await simulation.run();
    } catch (error) {
      throw new Error(`SEED=${seed}: ${(error as Error).message}\n${simulation.log.join("\n")}`, { cause: error });
    }
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += coverage[key];
    for (const name of coverage.states) states.add(name);
  }
  if (only !== undefined) return;
  // CPU time, so that a busy machine does not fail it.
  const { user, system } = process.cpuUsage(cpuAtStart);
  expect((user + system) / 1e6, "CPU seconds for all seeds").toBeLessThan(10);
  expect([...states].toSorted(), "every state was visited").toEqual([
    "draining",
    "healthy",
    "initial",
    "unhealthy",
    "unhealthy.draining",
    "unused",
  ]);
  for (const [name, count] of Object.entries(total)) expect(count, name).toBeGreaterThan(200);
});
