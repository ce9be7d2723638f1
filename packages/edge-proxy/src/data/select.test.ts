import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry, Forward, TargetRoute } from "./routes.ts";
import { select } from "./select.ts";
import { stickyTable } from "./sticky-table.ts";

function targets(count: number): TargetRoute[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `10.0.${i >> 8}.${i & 255}:80`,
    address: `10.0.${i >> 8}.${i & 255}`,
    family: 4 as const,
    endpoint: `10.0.${i >> 8}.${i & 255}:80`,
    port: 80,
  }));
}

function forwardTo(routes: readonly TargetRoute[], rest: Partial<Forward> = {}): Forward {
  const base = { group: "app", weight: 1, proxyHeader: "none", preserveClientIp: false, failOpen: false } as const;
  return { ...base, targets: routes, ...rest };
}

function entryWith(...forward: Forward[]): Entry {
  return {
    key: "web/80",
    name: "web/80",
    loadBalancer: "web",
    address: "127.0.0.1",
    port: 80,
    listenerPort: 80,
    zone: "a",
    nodeAddress: "127.0.0.1",
    clientIp: "off",
    idleTimeoutMs: 350_000,
    forward,
  };
}

const client = (i: number): string => `198.51.${(i >> 8) & 255}.${i & 255}`;

describe("the flow hash", () => {
  it("spreads 10,000 flows of one client evenly over the targets", () => {
    for (const count of [2, 3, 10]) {
      const entry = entryWith(forwardTo(targets(count)));
      const hits = new Map<string, number>();
      for (let i = 0; i < 10_000; i++) {
        const selection = select(entry, {
          clientAddress: "127.0.0.1",
          clientPort: 32_768 + i,
          seed: Math.imul(i, 0x9e3779b9) >>> 0,
        });
        const key = selection?.route.key ?? "none";
        hits.set(key, (hits.get(key) ?? 0) + 1);
      }
      expect(hits.size).toBe(count);
      // Five standard deviations of a fair choice.
      const deviation = 5 * Math.sqrt((10_000 * (count - 1)) / count ** 2);
      for (const n of hits.values()) expect(Math.abs(n - 10_000 / count)).toBeLessThan(deviation);
    }
  });

  it("sends the same client, port and seed to the same target", () => {
    const entry = entryWith(forwardTo(targets(7)));
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.integer({ min: 1, max: 65_535 }),
        fc.integer({ min: 0, max: 0xffffffff }),
        (clientAddress, clientPort, seed) => {
          const flow = { clientAddress, clientPort, seed };
          expect(select(entry, flow)?.route).toBe(select(entry, flow)?.route);
        },
      ),
    );
  });

  it("finds nothing where there is nothing", () => {
    const flow = { clientAddress: "127.0.0.1", clientPort: 1, seed: 1 };
    expect(select(entryWith(), flow)).toBeUndefined();
    expect(select(entryWith(forwardTo([])), flow)).toBeUndefined();
    expect(
      select(entryWith(forwardTo(targets(1), { weight: 0 }), forwardTo(targets(1), { weight: 0 })), flow),
    ).toBeUndefined();
  });
});

describe("weights", () => {
  it("share flows among target groups, and 0 gets none", () => {
    const entry = entryWith(
      forwardTo(targets(2), { group: "blue", weight: 80 }),
      forwardTo(targets(2), { group: "green", weight: 20 }),
      forwardTo(targets(2), { group: "red", weight: 0 }),
    );
    const hits: Record<string, number> = { blue: 0, green: 0, red: 0 };
    for (let i = 0; i < 10_000; i++) {
      const group = select(entry, { clientAddress: client(i), clientPort: 1000 + i, seed: i })?.forward.group ?? "none";
      hits[group] = (hits[group] ?? 0) + 1;
    }
    expect(hits["red"]).toBe(0);
    expect(Math.abs((hits["green"] ?? 0) - 2000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.2 * 0.8));
  });
});

describe("source-IP stickiness", () => {
  const sticky = (routes: readonly TargetRoute[]): Entry =>
    entryWith(forwardTo(routes, { stickyTable: stickyTable(routes.map(({ key }) => key)) }));
  const targetOf = (entry: Entry, clientAddress: string, clientPort = 1, seed = 0): string | undefined =>
    select(entry, { clientAddress, clientPort, seed })?.route.key;

  it("keeps a client on its target, whatever its port and sequence number", () => {
    const entry = sticky(targets(5));
    for (let i = 0; i < 100; i++)
      expect(targetOf(entry, "203.0.113.9", i, i * 7919)).toBe(targetOf(entry, "203.0.113.9"));
  });

  it("moves only the clients of a target that leaves, and few others", () => {
    for (const count of [3, 10, 100]) {
      const all = targets(count);
      const before = sticky(all);
      const after = sticky(all.slice(1));
      const clients = 5_000;
      let moved = 0;
      for (let i = 0; i < clients; i++) if (targetOf(before, client(i)) !== targetOf(after, client(i))) moved++;
      // 1/n must move; the table's construction moves a few percent more.
      expect(moved / clients).toBeLessThan(1 / count + 0.05);
      expect(moved / clients).toBeGreaterThan((1 / count) * 0.5);
    }
  });

  it("spreads clients evenly", () => {
    const entry = sticky(targets(10));
    const hits = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const key = targetOf(entry, client(i)) ?? "none";
      hits.set(key, (hits.get(key) ?? 0) + 1);
    }
    expect(Math.min(...hits.values())).toBeGreaterThan(800);
    expect(Math.max(...hits.values())).toBeLessThan(1200);
  });
});
