import { collect, connectTo, listenOn, trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { type CloseReason, createEdgeProxy, type EdgeProxyConfig } from "../src/index.ts";

trackLeaks();

function config(blue: number, green: number, weights: readonly [number, number]): EdgeProxyConfig {
  const group = (name: string, port: number) => ({ name, port, targets: [{ id: "127.0.0.1" }] });
  const targetGroups = [
    { name: "blue", weight: weights[0] },
    { name: "green", weight: weights[1] },
  ];
  return {
    admin: false,
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroups }] }],
    targetGroups: [group("blue", blue), group("green", green)],
  };
}

describe.each([{}, { workers: 2 }])("a weight that becomes 0 with %o", (mode) => {
  it("closes the flows that the group has, and sends it no new ones", async () => {
    await using blue = await listenOn();
    await using green = await listenOn();
    const closed: CloseReason[] = [];
    await using nlb = await createEdgeProxy(config(blue.port, green.port, [1, 0]), {
      ...mode,
      probe: () => ({ outcome: "ok" }),
      observers: [{ flowClosed: (_, reason) => closed.push(reason) }],
    }).start();
    const port = nlb.listeners[0]?.port ?? 0;
    const client = await connectTo(port);
    await blue.accept();
    await nlb.update(config(blue.port, green.port, [0, 1]));
    expect((await collect(client)).end).toBe("rst");
    await nlb.refresh();
    expect(closed).toEqual([{ side: "proxy", kind: "weight-zero" }]);
    const next = await connectTo(port);
    await green.accept();
    next.destroy();
  });

  it("leaves flows alone where it is lowered only", async () => {
    await using blue = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using green = await listenOn();
    await using nlb = await createEdgeProxy(config(blue.port, green.port, [10, 0]), {
      ...mode,
      probe: () => ({ outcome: "ok" }),
    }).start();
    const client = await connectTo(nlb.listeners[0]?.port ?? 0);
    await blue.accept();
    await nlb.update(config(blue.port, green.port, [1, 9]));
    const echo = collect(client);
    client.end("still here");
    expect((await echo).bytes.toString()).toBe("still here");
  });
});
