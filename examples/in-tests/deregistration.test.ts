import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createEdgeProxy, type EdgeProxyConfig } from "@edgekit/edge-proxy";
import { VirtualClock } from "@edgekit/health/monitor";
import { expect, it } from "vitest";

/** An echo server on a port of the kernel's choice. */
async function startEcho(): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

function configWith(...services: Server[]): EdgeProxyConfig {
  return {
    admin: false,
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [
      {
        name: "app",
        port: 80,
        attributes: {
          "deregistration_delay.timeout_seconds": 120,
          "deregistration_delay.connection_termination.enabled": true,
        },
        targets: services.map((service) => ({ id: "127.0.0.1", port: (service.address() as AddressInfo).port })),
      },
    ],
  };
}

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, "data"))[0]);
}

it("a deregistered target finishes its work within the deregistration delay", async () => {
  await using old = await startEcho();
  await using next = await startEcho();
  const clock = new VirtualClock();
  await using nlb = await createEdgeProxy(configWith(old), { clock, probe: () => ({ outcome: "ok" }) }).start();
  await clock.advanceAsync(30_000);
  const client = connect(nlb.listeners[0]?.port ?? 0, "127.0.0.1").on("error", () => {});
  expect(await echoed(client, "before")).toBe("before");

  await nlb.update(configWith(next)); // A deployment: the new target comes, the old one goes.
  expect(nlb.describeTargetHealth("app").map(({ TargetHealth }) => TargetHealth)).toEqual([
    expect.objectContaining({ State: "draining", Reason: "Target.DeregistrationInProgress" }),
    expect.objectContaining({ State: "initial", Reason: "Elb.RegistrationInProgress" }),
  ]);
  await clock.advanceAsync(119_000);
  expect(await echoed(client, "while it drains")).toBe("while it drains");

  const reset = once(client, "error");
  await clock.advanceAsync(1_000);
  expect((await reset)[0]).toMatchObject({ code: "ECONNRESET" });
  expect(nlb.describeTargetHealth("app").map(({ TargetHealth }) => TargetHealth.State)).toEqual(["healthy"]);
});
