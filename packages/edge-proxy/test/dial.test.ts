import { VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, openSockets, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { digBlackHole } from "./support/black-hole.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

// On any other system the queue of a stopped process behaves in another way.
describe.skipIf(process.platform !== "linux")("needs Linux: a target that does not answer", () => {
  it("gets five seconds, then its client is reset", async () => {
    const clock = new VirtualClock();
    await using hole = await digBlackHole();
    await using web = await startNlb({ targets: [hole], clock });
    const client = await connectTo(web.port);
    const end = collect(client);
    client.write("hello");
    await clock.advanceAsync(4_000);
    expect(client.destroyed).toBe(false);
    await clock.advanceAsync(2_000);
    expect((await withDeadline(end, "the reset")).end).toBe("rst");
    expect(await web.closeOf(0)).toEqual({ side: "target", kind: "timeout", errno: "ETIMEDOUT" });
  });

  it("is given up at once when the client resets, and leaves no socket behind", async () => {
    await using hole = await digBlackHole();
    await using web = await startNlb({ targets: [hole] });
    const before = openSockets();
    const client = await connectTo(web.port);
    await until(() => web.nlb.flows === 1, "the flow");
    client.resetAndDestroy();
    await withDeadline(web.closeOf(0), "the flow's end");
    expect(web.closed[0]?.reason).toEqual({ side: "client", kind: "rst", errno: "ECONNRESET" });
    await until(() => openSockets() <= before, "its sockets to close");
  });
});
