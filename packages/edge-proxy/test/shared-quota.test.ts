import { describe, expect, test } from "vitest";
import { type Connection, QuotaNetwork } from "./support/quota-network.ts";

function connect(network: QuotaNetwork, slot: number, count: number): Connection[] {
  return Array.from({ length: count }, () => network.connect(slot, "key"));
}

function states(connections: readonly Connection[]): string[] {
  return connections.map(({ state }) => state);
}

describe("how many messages", () => {
  test("none, while every worker keeps to its share", () => {
    const network = new QuotaNetwork(8, 4);
    for (let slot = 0; slot < 4; slot++) expect(states(connect(network, slot, 2))).toEqual(["open", "open"]);
    for (const connection of network.connections) network.disconnect(connection);
    expect([network.messages, network.remembered]).toEqual([0, 0]);
  });

  test("a worker that needs all of the limit does not ask for each connection", async () => {
    const network = new QuotaNetwork(10_000, 4);
    for (let i = 0; i < 10_000; i++) {
      const [connection] = connect(network, 2, 1);
      await network.deliverAll();
      expect(connection?.state).toBe("open");
    }
    // Others have 7,500: half of the rest each time makes 13 requests and as many answers, and all four are recalled once.
    expect(network.messages).toBe(13 * 2 + 4 * 3);
  });
});

describe("at the limit", () => {
  test.each([
    ["one worker", 3, 1],
    ["fewer than workers", 2, 4],
    ["as many for each", 8, 4],
    ["some left over", 7, 3],
  ])("%s: exactly the limit gets in, whichever worker they come to", async (_name, limit, workers) => {
    for (let slot = 0; slot < workers; slot++) {
      const network = new QuotaNetwork(limit, workers);
      const connections = connect(network, slot, limit + 1);
      await network.deliverAll();
      expect(states(connections)).toEqual([...Array.from({ length: limit }, () => "open"), "refused"]);
    }
  });

  test("while somebody waits, what becomes free in another worker is for whoever waits", async () => {
    const network = new QuotaNetwork(2, 2);
    const [first] = connect(network, 0, 1) as [Connection];
    connect(network, 1, 1);
    const waiting = connect(network, 1, 1);
    network.deliver(1, "lender");
    network.deliver(0, "worker");
    network.disconnect(first);
    const barging = connect(network, 0, 1);
    await network.deliverAll();
    expect([...states(waiting), ...states(barging)]).toEqual(["open", "refused"]);
  });

  test("what dead workers had can be used by those that live, and is not there twice when new ones come", async () => {
    const network = new QuotaNetwork(6, 3);
    for (let slot = 0; slot < 3; slot++) connect(network, slot, 2);
    network.kill(0);
    network.kill(2);
    const taken = connect(network, 1, 4);
    await network.deliverAll();
    expect(states(taken)).toEqual(["open", "open", "open", "open"]);
    network.start(0);
    const late = connect(network, 0, 1);
    await network.deliverAll();
    expect(states(late)).toEqual(["refused"]);
  });
});

describe("refusals that would be wrong", () => {
  test("nobody is refused by a round that began before it asked", async () => {
    const network = new QuotaNetwork(2, 2);
    const [first] = connect(network, 0, 1) as [Connection];
    connect(network, 1, 1);
    const early = connect(network, 0, 1);
    network.deliver(0, "lender");
    for (const slot of [0, 1]) network.deliver(slot, "worker");
    for (const slot of [0, 1]) network.deliver(slot, "lender");
    // The round that decides has begun: worker 0 answers it, then has one free.
    network.deliver(0, "worker");
    network.deliver(0, "lender");
    network.disconnect(first);
    const late = connect(network, 1, 1);
    network.deliver(1, "worker");
    for (let i = 0; i < 2; i++) network.deliver(1, "lender");
    await network.deliverAll();
    expect(network.wrong).toBeUndefined();
    expect([...states(early), ...states(late)]).toEqual(["refused", "open"]);
  });

  test("a round decides nothing while a worker has something left for those whom it has woken", async () => {
    const network = new QuotaNetwork(3, 3);
    connect(network, 0, 1);
    const [second] = connect(network, 1, 1) as [Connection];
    const [third] = connect(network, 2, 1) as [Connection];
    const [leaving] = connect(network, 0, 1) as [Connection];
    network.disconnect(third);
    const waiting = connect(network, 1, 1);
    for (const slot of [0, 1]) network.deliver(slot, "lender");
    for (const slot of [0, 1, 2]) network.deliver(slot, "worker");
    for (const slot of [0, 1, 2]) network.deliver(slot, "lender");
    // Worker 0 gets what worker 2 had, and is asked for it at once; but the client for whom it was is gone.
    for (let i = 0; i < 3; i++) network.deliver(0, "worker");
    network.disconnect(leaving);
    for (const slot of [1, 2]) for (let i = 0; i < 2; i++) network.deliver(slot, "worker");
    for (const slot of [0, 1, 2]) network.deliver(slot, "lender");
    await network.callbacks();
    // The next round: worker 1 has answered it when it has one free, worker 0 uses its own before.
    network.deliver(1, "worker");
    network.deliver(1, "lender");
    network.disconnect(second);
    connect(network, 0, 1);
    for (const slot of [0, 2]) network.deliver(slot, "worker");
    for (const slot of [0, 2]) network.deliver(slot, "lender");
    await network.deliverAll();
    expect(network.wrong).toBeUndefined();
    expect(states(waiting)).toEqual(["open"]);
  });

  test("a worker that follows a dead one does not get the refusal that was for the dead one", async () => {
    const network = new QuotaNetwork(1, 2);
    const [first] = connect(network, 1, 1) as [Connection];
    await network.deliverAll();
    connect(network, 0, 1);
    network.deliver(0, "lender");
    for (const slot of [0, 1]) network.deliver(slot, "worker");
    for (const slot of [0, 1]) network.deliver(slot, "lender");
    // The round that decides: only worker 1 is left to answer it, and has done so when it has one free.
    network.deliver(1, "worker");
    network.kill(0);
    network.deliver(0, "lender");
    network.start(0);
    network.disconnect(first);
    const follower = connect(network, 0, 1);
    await network.deliverAll();
    expect(network.wrong).toBeUndefined();
    expect(states(follower)).toEqual(["open"]);
  });
});
