import { createServer } from "node:net";
import { VirtualClock } from "@edgekit/health/monitor";
import {
  collect,
  connectTo,
  listenOn,
  type TcpServer,
  trackLeaks,
  until,
  unusedPort,
  withDeadline,
} from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import type { Entry, Forward, Routes } from "../src/data/routes.ts";
import { WorkerPool } from "../src/workers/worker-pool.ts";

trackLeaks();

const key = "web/80";

function routesTo({ address, port }: TcpServer, listenerPort = 0): Routes {
  const target = { key: "app", address, family: 4, port, endpoint: `${address} ${port}` } as const;
  const forward: Forward = {
    ...{ group: "app", weight: 1, preserveClientIp: false, failOpen: false },
    proxyHeader: "none",
    targets: [target],
  };
  const entry: Entry = {
    ...{ key, name: key, loadBalancer: "web", address: "127.0.0.1", port: listenerPort, listenerPort: 80, zone: "a" },
    ...{ nodeAddress: "127.0.0.1", idleTimeoutMs: 350_000 },
    clientIp: "off",
    forward: [forward],
  };
  return { entries: new Map([[key, entry]]) };
}

/** Its own time stands still until a test moves it; what workers do takes real time. */
class Pool implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly pool = new WorkerPool({
    clock: this.clock,
    workers: 2,
    settings: {
      maxFlows: 100,
      maxOffered: 10,
      wantsSources: false,
      kernelPorts: { first: 32_768, last: 60_999 },
      timeouts: { connectMs: 5_000, expiredMs: 350_000, lingerMs: 10_000 },
      sweepMs: 1_000,
    },
    limits: { flows: 200, sources: undefined, targets: 55_000 },
    observers: [],
    inherited: undefined,
  });

  pid(slot: number): number | undefined {
    return this.pool.processes[slot]?.pid;
  }

  /** What a client gets. */
  async served(): Promise<string> {
    const client = await connectTo(this.pool.listening(key)?.port ?? 0);
    const { bytes } = await withDeadline(collect(client), "the answer");
    client.destroy();
    return bytes.toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.close(0);
  }
}

it("a port that another program takes while workers start is refused, also where it would share the port's clients", async () => {
  await using target = await listenOn();
  const port = await unusedPort();
  const it = new Pool();
  const applied = it.pool.apply(routesTo(target, port));
  // Workers are heard of by an event of a later turn.
  const other = createServer().listen({ host: "127.0.0.1", port, reusePort: process.platform === "linux" });
  await expect(withDeadline(applied, "the workers")).rejects.toThrow(`port ${port} is already taken`);
  await it.pool.close(0);
  await new Promise((resolve) => other.close(resolve));
});

describe("a worker that is stuck", () => {
  it("is ended when it has not taken over a snapshot for 10 s, and replaced by one that has", async () => {
    await using old = await listenOn(undefined, (socket) => socket.end("old"));
    await using other = await listenOn(undefined, (socket) => socket.end("new"));
    await using it = new Pool();
    await it.pool.apply(routesTo(old));
    const stuck = it.pid(0) as number;
    process.kill(stuck, "SIGSTOP");
    const applied = it.pool.apply(routesTo(other));
    await until(() => it.clock.pending === 1, "the other one to have it");
    it.clock.advance(9_999);
    expect(it.pid(0)).toBe(stuck);
    it.clock.advance(1);
    await withDeadline(applied, "the snapshot");
    expect(it.pid(0)).toBeUndefined();
    it.clock.advance(100);
    await until(() => it.pid(0) !== undefined, "its successor");
    for (let i = 0; i < 10; i++) expect(await it.served()).toBe("new");
    await until(() => it.clock.pending === 0, "nothing to be waited for any more");
  });

  it("does not hold up the end for longer than 10 s beyond the drain", async () => {
    await using target = await listenOn();
    const it = new Pool();
    await it.pool.apply(routesTo(target));
    process.kill(it.pid(1) as number, "SIGSTOP");
    const closed = it.pool.close(3_000);
    await until(() => it.pid(0) === undefined, "the end of the other one");
    it.clock.advance(12_999);
    expect(it.pid(1)).toBeDefined();
    it.clock.advance(1);
    await withDeadline(closed, "the end");
    expect(it.clock.pending).toBe(0);
  });

  it("is not waited for by who wants numbers, for longer than a second", async () => {
    await using target = await listenOn();
    await using it = new Pool();
    await it.pool.apply(routesTo(target));
    const stopped = it.pid(0) as number;
    process.kill(stopped, "SIGSTOP");
    const refreshed = it.pool.refresh({ scrape: true });
    await until(() => it.pool.processes[1]?.numbers !== undefined, "the numbers of the other one");
    it.clock.advance(1_000);
    await withDeadline(refreshed, "the numbers");
    process.kill(stopped, "SIGCONT");
  });
});

describe("a worker that ends while a socket is on the way to it", () => {
  it("is missed and replaced, each time", async () => {
    await using target = await listenOn(undefined, (socket) => socket.end("served"));
    await using it = new Pool();
    await it.pool.apply(routesTo(target));
    for (let round = 0; round < 2; round++) {
      const pid = it.pid(0) as number;
      // The pool sends it the socket of the second entry, and gets no acknowledgement.
      const entries = new Map(routesTo(target).entries);
      for (const [, entry] of routesTo(target).entries)
        entries.set(`more ${round}`, { ...entry, key: `more ${round}` });
      const applied = it.pool.apply({ entries });
      process.kill(pid, "SIGKILL");
      await withDeadline(applied, "the snapshot");
      await until(() => it.pid(0) !== pid, "the loss to be known");
      await it.clock.advanceAsync(10_000);
      await until(() => it.pid(0) !== undefined, "its successor");
    }
    expect(await it.served()).toBe("served");
  });
});
