import { type Collected, collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb, type TestNlb } from "./support/nlb.ts";

trackLeaks();

/** The process in a slot. */
function pidOf({ nlb }: TestNlb, slot: number): number | undefined {
  return nlb.state().workers[slot]?.pid ?? undefined;
}

async function kill(web: TestNlb, slot: number): Promise<void> {
  const pid = pidOf(web, slot);
  process.kill(pid as number, "SIGKILL");
  await until(() => pidOf(web, slot) !== pid, "the loss to be known");
}

describe("a worker that is killed", () => {
  it("again and again under load costs its own flows only: nobody who comes is refused", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using web = await startNlb({ targets: [target], workers: 2 });
    let isRunning = true;
    const results: Collected[] = [];
    const clients = Array.from({ length: 8 }, async () => {
      while (isRunning) {
        const client = await connectTo(web.port);
        const echo = collect(client);
        client.end("x");
        results.push(await withDeadline(echo, "an answer or a reset"));
        client.destroy();
      }
    });
    const rounds = 2;
    for (let round = 1; round <= rounds; round++) {
      await kill(web, 0);
      const before = results.length;
      await until(() => results.length > before + 50, "clients that the other one serves");
      await until(() => pidOf(web, 0) !== undefined, "another worker");
    }
    isRunning = false;
    await Promise.all(clients);
    // Its sockets end with a reset where bytes were left unread, and otherwise with a FIN.
    const cut = results.filter(({ end, bytes }) => end !== "fin" || bytes.length === 0);
    // At most one of each client's, each time.
    expect(cut.length).toBeLessThanOrEqual(rounds * clients.length);
    expect(web.refused).toEqual([]);
    // Whether a kill meets a flow that is under way is chance.
    expect(results.map(({ bytes }) => bytes.toString()).filter((text) => text !== "" && text !== "x")).toEqual([]);
    expect(web.nlb.state().workers.map(({ restarts }) => restarts)).toEqual([rounds, 0]);
  });

  it("takes the flows with it that it has, and no others", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using web = await startNlb({ targets: [target], workers: 2 });
    const clients = await Promise.all(Array.from({ length: 40 }, () => connectTo(web.port)));
    await until(() => web.nlb.flows === clients.length, "all flows");
    const [own = 0, others = 0] = web.nlb.state().workers.map(({ flows }) => flows);
    expect(own + others).toBe(clients.length);
    let ended = 0;
    for (const client of clients)
      client
        .on("close", () => ended++)
        .on("end", () => client.destroy())
        .resume();
    await kill(web, 0);
    await until(() => ended === own && web.nlb.flows === others, "the end of its flows");
    const left = clients.filter(({ destroyed }) => !destroyed);
    const echoes = left.map(async (client) => {
      const echo = collect(client);
      client.end("y");
      return (await echo).bytes.toString();
    });
    expect(await Promise.all(echoes)).toEqual(left.map(() => "y"));
  });

  it("during an update does not hold it up, and its successor has the new config", async () => {
    await using target = await listenOn(undefined, (socket) => socket.end("old"));
    await using other = await listenOn(undefined, (socket) => socket.end("new"));
    await using web = await startNlb({ targets: [target], workers: 2 });
    const pids = [pidOf(web, 0), pidOf(web, 1)] as const;
    const updated = web.nlb.update({
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: other.port, targets: [{ id: "127.0.0.1" }] }],
    });
    process.kill(pids[0] as number, "SIGKILL");
    await withDeadline(updated, "the update");
    await kill(web, 1);
    await until(() => pidOf(web, 0) !== undefined || pidOf(web, 1) !== undefined, "a successor");
    for (let i = 0; i < 10; i++) {
      const client = await connectTo(web.port);
      const { bytes } = await withDeadline(collect(client), "the answer");
      expect(bytes.toString()).toBe("new");
      client.destroy();
    }
  });

  it("together with all others leaves clients in the queue, where their successors find them", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using web = await startNlb({ targets: [target], workers: 2 });
    await Promise.all([kill(web, 0), kill(web, 1)]);
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectTo(web.port)));
    const echoes = clients.map(collect);
    for (const client of clients) client.end("waited");
    for (const { bytes, end } of await withDeadline(Promise.all(echoes), "the answers")) {
      expect([bytes.toString(), end]).toEqual(["waited", "fin"]);
    }
  });
});
