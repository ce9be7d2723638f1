import { VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

const idle = { "tcp.idle_timeout.seconds": 60 };

describe("the idle timeout", () => {
  it("tells nobody, and resets whoever sends next", async () => {
    const clock = new VirtualClock();
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], listenerAttributes: idle, clock });
    const client = await connectTo(web.port);
    const server = await target.accept();
    const [clientEnd, serverEnd] = [collect(client), collect(server)];
    await clock.advanceAsync(61_000);
    expect([client.destroyed, server.destroyed]).toEqual([false, false]);
    client.write("anybody there?");
    expect((await withDeadline(clientEnd, "the client's reset")).end).toBe("rst");
    expect(server.destroyed).toBe(false);
    server.write("me too");
    expect((await withDeadline(serverEnd, "the target's reset")).end).toBe("rst");
    expect(await web.closeOf(0)).toEqual({ side: "proxy", kind: "timeout" });
  });

  it("starts again with every byte, from either side", async () => {
    const clock = new VirtualClock();
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], listenerAttributes: idle, clock });
    const client = await connectTo(web.port);
    const server = await target.accept();
    for (const [from, to] of [
      [client, server],
      [server, client],
      [client, server],
    ] as const) {
      await clock.advanceAsync(58_000);
      const arrived = new Promise((resolve) => to.once("data", resolve));
      to.resume();
      from.write("x");
      await withDeadline(arrived, "the byte");
    }
    client.destroy();
    server.destroy();
  });

  it("does not keep an expired flow for ever", async () => {
    const clock = new VirtualClock();
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], listenerAttributes: idle, clock });
    const client = await connectTo(web.port);
    const server = await target.accept();
    const ends = Promise.all([collect(client), collect(server)]);
    await clock.advanceAsync(61_000 + 351_000);
    expect((await withDeadline(ends, "both resets")).map(({ end }) => end)).toEqual(["rst", "rst"]);
    expect(web.nlb.flows).toBe(0);
  });

  it("resets both sides of a half-closed flow, of which one would never be told", async () => {
    const clock = new VirtualClock();
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], listenerAttributes: idle, clock });
    const client = await connectTo(web.port);
    client.end("question");
    const server = await target.accept();
    await collect(server);
    const gotReset = collect(client);
    await clock.advanceAsync(62_000);
    expect((await withDeadline(gotReset, "the reset")).end).toBe("rst");
    server.destroy();
  });
});

describe("a close without a drain", () => {
  it("resets what stands at once, also on a clock that stands still", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], clock: new VirtualClock() });
    const end = collect(await connectTo(web.port));
    await target.accept();
    await withDeadline(web.nlb.close({ drainMs: 0 }), "the close");
    expect((await end).end).toBe("rst");
    expect(await web.closeOf(0)).toEqual({ side: "proxy", kind: "drain" });
  });
});
