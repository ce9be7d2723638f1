import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import { listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { expect, test } from "vitest";
import type { TargetStateName } from "../src/index.ts";
import { createHealthMonitor, type HealthMonitor } from "../src/monitor/index.ts";

trackLeaks();

/** Waits until a target is in a state. */
async function reached(monitor: HealthMonitor, key: string, name: TargetStateName): Promise<void> {
  await withDeadline(
    new Promise<void>((resolve) => {
      const check = (): void => {
        if (monitor.state(key).name === name) resolve();
      };
      monitor.addEventListener("transition", check);
      check();
    }),
    `${key} to be ${name}`,
  );
}

async function httpServer(status: () => number) {
  const sockets = new Set<net.Socket>();
  let requests = 0;
  const server = http.createServer((_request, response) => {
    requests++;
    response.writeHead(status()).end();
  });
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    sockets,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

test("a real server that fails and recovers is followed over HTTP, and probes leave no connection", async () => {
  let status = 200;
  await using server = await httpServer(() => status);
  await using monitor = createHealthMonitor({
    healthCheck: { protocol: "HTTP", intervalMs: 20, timeoutMs: 2_000, healthyThreshold: 3, unhealthyThreshold: 2 },
    attributes: { connectionTerminationOnUnhealthy: false, drainingIntervalMs: 100 },
  });
  const key = monitor.register({ id: "127.0.0.1", port: server.port });
  await reached(monitor, key, "healthy");
  status = 503;
  await reached(monitor, key, "unhealthy.draining");
  expect(monitor.describe()[0]?.lastProbe).toMatchObject({ failure: "code-mismatch", detail: "HTTP 503" });
  await reached(monitor, key, "unhealthy");
  status = 200;
  await reached(monitor, key, "healthy");
  await monitor.close();
  await withDeadline(
    new Promise<void>((resolve) => {
      const check = (): void => (server.sockets.size === 0 ? resolve() : void setImmediate(check));
      check();
    }),
    "the server to have no connection",
  );
  expect(monitor.statistics().inFlight).toBe(0);
});

test("H12: a health port of its own decides, whatever the traffic port does", async () => {
  await using health = await httpServer(() => 204);
  await using traffic = await listenOn();
  await using monitor = createHealthMonitor({
    healthCheck: { protocol: "HTTP", port: health.port, intervalMs: 20, timeoutMs: 2_000 },
  });
  const key = monitor.register({ id: "127.0.0.1", port: traffic.port });
  await reached(monitor, key, "healthy");
  expect(key).toBe(`127.0.0.1:${traffic.port}`);
  expect(traffic.sockets.size).toBe(0);
});

test("a server that accepts and stays silent times out and is unhealthy", async () => {
  await using server = await listenOn();
  await using monitor = createHealthMonitor({
    healthCheck: { protocol: "HTTP", intervalMs: 60, timeoutMs: 50 },
  });
  const key = monitor.register({ id: "127.0.0.1", port: server.port });
  await reached(monitor, key, "unhealthy");
  expect(monitor.state(key)).toMatchObject({ failure: "timeout" });
});

test("H8: this process stands still longer than the timeout, and its healthy target stays healthy", async () => {
  // The server lives in this process too: while we stand still it cannot answer, exactly as an answer cannot be heard.
  await using server = await httpServer(() => 200);
  await using monitor = createHealthMonitor({
    healthCheck: { protocol: "HTTP", intervalMs: 80, timeoutMs: 100, unhealthyThreshold: 1 },
  });
  const key = monitor.register({ id: "127.0.0.1", port: server.port });
  await reached(monitor, key, "healthy");
  const transitions: string[] = [];
  monitor.addEventListener("transition", ({ transition }) => transitions.push(transition.to.name));
  for (let stalls = 0; stalls < 3; stalls++) {
    // Stand still while a probe is under way: its request has gone out, its answer has not come.
    const before = server.requests();
    await withDeadline(
      new Promise<void>((resolve) => {
        const check = (): void => (monitor.statistics().inFlight > 0 ? resolve() : void setImmediate(check));
        check();
      }),
      "a probe to be under way",
    );
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await withDeadline(
      new Promise<void>((resolve) => {
        const check = (): void => (server.requests() > before + 1 ? resolve() : void setImmediate(check));
        check();
      }),
      "probes to go on",
    );
  }
  expect(transitions).toEqual([]);
  const { failed, inconclusive } = monitor.statistics();
  expect(failed).toBe(0);
  expect(inconclusive, "the stalls did hit probes").toBeGreaterThan(0);
});
