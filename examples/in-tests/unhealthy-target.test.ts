import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createEdgeProxy } from "@edgekit/edge-proxy";
import { VirtualClock } from "@edgekit/health/monitor";
import { expect, it } from "vitest";

/** A service that says its name to whoever connects, and keeps the connection. */
async function startService(name: string): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}).write(name));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

it("an unhealthy target keeps its connections for the draining interval, and gets no new ones", async () => {
  await using blue = await startService("blue");
  await using green = await startService("green");
  const clock = new VirtualClock();
  const failing = new Set<number>();

  await using nlb = await createEdgeProxy(
    {
      admin: false,
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [
        {
          name: "app",
          port: 80,
          healthCheck: { intervalSeconds: 10, unhealthyThreshold: 2 },
          attributes: {
            "target_health_state.unhealthy.connection_termination.enabled": false,
            "target_health_state.unhealthy.draining_interval_seconds": 60,
          },
          targets: [blue, green].map((service) => ({ id: "127.0.0.1", port: portOf(service) })),
        },
      ],
    },
    {
      clock, // Time stands still until the test moves it.
      // Health checks find what the test says.
      probe: ({ port }) =>
        failing.has(port) ? { outcome: "failed", failure: "timeout", detail: "the test says so" } : { outcome: "ok" },
    },
  ).start();
  const stateOf = (service: Server): string | undefined =>
    nlb.describeTargetHealth("app").find(({ Target }) => Target.Port === portOf(service))?.TargetHealth.State;
  const connectToService = async (): Promise<{ socket: Socket; name: string }> => {
    const socket = connect(nlb.listeners[0]?.port ?? 0, "127.0.0.1").on("error", () => {});
    const [name] = await once(socket, "data");
    return { socket, name: String(name) };
  };

  await clock.advanceAsync(10_000); // The first health checks.
  expect([stateOf(blue), stateOf(green)]).toEqual(["healthy", "healthy"]);
  const long = await connectToService();
  const [unlucky, other] = long.name === "blue" ? [blue, green] : [green, blue];

  failing.add(portOf(unlucky));
  await clock.advanceAsync(30_000); // Two failed checks, wherever in their interval they are.
  expect(stateOf(unlucky)).toBe("unhealthy.draining");
  for (let i = 0; i < 10; i++) {
    const { socket, name } = await connectToService();
    expect(name).not.toBe(long.name);
    socket.destroy();
  }
  expect(long.socket.destroyed).toBe(false);

  const reset = once(long.socket, "error");
  await clock.advanceAsync(60_000); // The draining interval.
  expect((await reset)[0]).toMatchObject({ code: "ECONNRESET" });
  expect([stateOf(unlucky), stateOf(other)]).toEqual(["unhealthy", "healthy"]);
});
