import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { LocalQuota } from "./quota.ts";
import type { TargetRoute } from "./routes.ts";
import { awsFlowsPerTarget, SourcePorts, type SourcePortsOptions } from "./source-ports.ts";

const linux = { first: 32_768, last: 60_999 };

function portsWith(options: Partial<SourcePortsOptions> = {}): SourcePorts {
  return new SourcePorts({
    quota: new LocalQuota(awsFlowsPerTarget),
    kernelRange: linux,
    random: () => 0.5,
    ...options,
  });
}

function target(endpoint: string): TargetRoute {
  return { key: endpoint, address: "10.0.0.1", family: 4, port: 80, endpoint };
}

describe("source ports of a node whose address is bound", () => {
  it("are 55,000 different ones for each target, as on AWS, those of the kernel's own range last; then none", () => {
    const sources = portsWith();
    for (const endpoint of ["10.0.0.1:80", "10.0.0.2:80"]) {
      const ports = sources.of("10.0.9.1", target(endpoint));
      const taken = Array.from({ length: awsFlowsPerTarget }, () => ports.take(true) as number);
      expect(new Set(taken).size).toBe(awsFlowsPerTarget);
      expect(taken.slice(0, 26_768).some((port) => port >= linux.first && port <= linux.last)).toBe(false);
      expect([Math.min(...taken), Math.max(...taken)]).toEqual([10_536, 65_535]);
      expect(ports.take(true)).toBeUndefined();
      ports.give(40_000);
      expect([ports.take(true), ports.take(true)]).toEqual([40_000, undefined]);
    }
  });

  it("rest for as long as possible before they are used again", () => {
    const ports = portsWith().of("10.0.9.1", target("10.0.0.1:80"));
    const seen = new Set<number>();
    const spare = awsFlowsPerTarget - 28_232;
    for (let i = 0; i < spare; i++) {
      const port = ports.take(true) as number;
      seen.add(port);
      ports.give(port);
    }
    expect(seen.size).toBe(spare);
  });

  it("are of each of several processes' own first, and the others' when it has no more", () => {
    const processes = [0, 1, 2, 3].map((index) =>
      portsWith({ place: { index, of: 4 } }).of("10.0.9.1", target("10.0.0.1:80")),
    );
    const own = awsFlowsPerTarget / 4;
    const taken = processes.map((ports) => Array.from({ length: own }, () => ports.take(true) as number));
    expect(new Set(taken.flat()).size).toBe(awsFlowsPerTarget);
    const [ports, mine] = [processes[1]!, taken[1]!];
    while (mine.length < awsFlowsPerTarget) mine.push(ports.take(true) as number);
    expect(new Set(mine).size).toBe(awsFlowsPerTarget);
    expect([Math.min(...mine), Math.max(...mine), ports.take(true)]).toEqual([10_536, 65_535, undefined]);
    for (const port of mine) ports.give(port);
    expect(ports.inUse).toBe(0);
    expect(new Set(Array.from({ length: awsFlowsPerTarget }, () => ports.take(true))).size).toBe(awsFlowsPerTarget);
  });

  it("stop at the limit, and one past it there is none", () => {
    const ports = portsWith({ quota: new LocalQuota(2) }).of("10.0.9.1", target("10.0.0.1:80"));
    expect([ports.take(true), ports.take(true), ports.take(true)]).toEqual([23_920, 23_921, undefined]);
    ports.give(23_920);
    expect(ports.take(true)).toBe(23_922);
  });

  it("are exchanged where one turns out to be taken, without changing the count", () => {
    const ports = portsWith({ quota: new LocalQuota(1) }).of("10.0.9.1", target("10.0.0.1:80"));
    const first = ports.take(true) as number;
    expect(ports.exchange(first, true)).toBe(first + 1);
    expect(ports.inUse).toBe(1);
  });

  it("are exchanged for one far away where its neighbours are taken too", () => {
    const random = vi.fn(() => 0);
    const ports = portsWith({ random }).of("10.0.9.1", target("10.0.0.1:80"));
    expect(ports.take(true)).toBe(10_536);
    random.mockReturnValue(0.5);
    expect(ports.exchange(10_536, true, true)).toBe(23_920);
    // The kernel's own range is tried as well.
    random.mockReturnValue(0.25);
    expect(ports.exchange(23_920, true, true)).toBe(linux.first + 28_232 / 4);
  });

  it("keep their count whatever is taken, exchanged and given back, and no port is out twice", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("take", "exchange", "give"), fc.nat(), fc.boolean()), { maxLength: 200 }),
        (steps) => {
          const ports = portsWith({ quota: new LocalQuota(30), kernelRange: { first: 65_500, last: 65_519 } }).of(
            "n",
            target("t"),
          );
          const out: { readonly port: number; readonly bound: boolean }[] = [];
          for (const [step, pick, bound] of steps) {
            const index = pick % Math.max(1, out.length);
            const held = out[index];
            if (step === "take") {
              const port = ports.take(bound);
              if (port !== undefined) out.push({ port, bound });
            } else if (held !== undefined && step === "give") {
              out.splice(index, 1);
              ports.give(held.port);
            } else if (held !== undefined) {
              const port = ports.exchange(held.port, held.bound);
              if (port !== undefined) out[index] = { port, bound: held.bound };
            }
            const chosen = out.map(({ port }) => port).filter((port) => port !== 0);
            expect(new Set(chosen).size).toBe(chosen.length);
            expect(ports.inUse).toBe(out.length);
            expect(out.length).toBeLessThanOrEqual(30);
          }
        },
      ),
    );
  });
});

describe("source ports of a node whose address is not bound", () => {
  it("are the kernel's choice for half of its range, then ours from outside of it, then the kernel's again: 55,000", () => {
    const ports = portsWith().of("127.0.0.1", target("127.0.0.1:80"));
    const taken = Array.from({ length: awsFlowsPerTarget }, () => ports.take(false) as number);
    expect(taken.slice(0, 14_116).every((port) => port === 0)).toBe(true);
    const chosen = taken.filter((port) => port !== 0);
    expect(new Set(chosen).size).toBe(awsFlowsPerTarget - 28_232);
    expect(chosen.some((port) => port >= linux.first && port <= linux.last)).toBe(false);
    expect(ports.take(false)).toBeUndefined();
  });

  it("come from outside of the kernel's range where the kernel has none", () => {
    const ports = portsWith().of("127.0.0.1", target("127.0.0.1:80"));
    expect(ports.exchange(ports.take(false) as number, false)).toBe(23_920);
    expect(ports.inUse).toBe(1);
  });

  it("are no more than the kernel has, where its range is all that there is", () => {
    const kernelRange = { first: 10_536, last: 65_535 };
    const ports = portsWith({ kernelRange }).of("127.0.0.1", target("127.0.0.1:80"));
    for (let i = 0; i < awsFlowsPerTarget; i++) expect(ports.take(false)).toBe(0);
    expect(ports.take(false)).toBeUndefined();
  });
});

describe("what is remembered", () => {
  it("is forgotten for nodes and targets without flows", () => {
    const sources = portsWith();
    const ports = sources.of("10.0.9.1", target("10.0.0.1:80"));
    const port = ports.take(true) as number;
    sources.of("10.0.9.1", target("10.0.0.2:80"));
    sources.prune();
    expect(sources.size).toBe(1);
    expect(sources.of("10.0.9.1", target("10.0.0.1:80"))).toBe(ports);
    ports.give(port);
    sources.prune();
    expect(sources.size).toBe(0);
  });
});
