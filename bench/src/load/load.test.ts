import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { proxyProtocol } from "@edgekit/pp2/node";
import { afterEach, expect, test, vi } from "vitest";
import { openConnections } from "./connections.ts";
import { sendAndTakeBack } from "./echo.ts";
import { holdFlows } from "./hold.ts";
import { LatencyRecorder } from "./latency.ts";
import { sendRequests } from "./requests.ts";

const open = new Set<Socket>();
let server: Server | undefined;

afterEach(async () => {
  for (const socket of open) socket.destroy();
  if (server?.listening) {
    server.close();
    await once(server, "close");
  }
});

async function serve(onSocket: (socket: Socket) => void, withHeader = false): Promise<number> {
  server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => open.delete(socket));
    onSocket(socket);
  });
  if (withHeader) proxyProtocol(server, { trusted: ["127.0.0.0/8"] });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const ping = { request: "ping\n", answerEnd: "pong\n", perSecond: 2_000, seconds: 0.02 };
const none = (): void => {};

test("requests wait in line for a connection, and that time counts", async () => {
  const held: Socket[] = [];
  const port = await serve((socket) => {
    socket.on("data", () => {
      held.push(socket);
      // The first answer comes when all others have fallen due; after it nothing waits.
      if (held.length === 1) setTimeout(() => socket.write("pong\n"), 40);
      else socket.write("pong\n");
    });
  });
  const result = await sendRequests({ kind: "requests", port, withHeader: false, connections: 1, ...ping }, none);
  expect(result).toMatchObject({ answered: 40, failures: [], lateness: { count: 40 } });
  // Half of them fell due in the first 10 ms, and no answer came before 40 ms had passed. A client that counts from when it
  // sends would find one slow answer and thirty-nine quick ones.
  expect(result.latency.p50).toBeGreaterThan(15_000);
});

test("requests that nobody answers any more are failures, each with its reason", async () => {
  const port = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const result = await sendRequests({ kind: "requests", port, withHeader: false, connections: 2, ...ping }, none);
  expect(result.answered).toBe(0);
  expect(result.failures).toHaveLength(40);
  expect(new Set(result.failures.map(({ reason }) => reason))).toEqual(new Set(["ECONNRESET", "no connection left"]));
});

test("connections carry a PROXY header where one is wanted", async () => {
  const port = await serve((socket) => socket.once("data", () => socket.end("pong\n")), true);
  const job = { kind: "connections", port, withHeader: true, answerWithinMs: 5_000, ...ping } as const;
  expect(await openConnections(job, none)).toMatchObject({ answered: 40, failures: [] });
});

test("connections without an answer are failures: refused, reset, or too late", async () => {
  const port = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const job = { kind: "connections", port, withHeader: false, answerWithinMs: 5_000, ...ping } as const;
  const reasons = async (more: object): Promise<unknown> => {
    const { answered, failures } = await openConnections({ ...job, ...more }, none);
    return [answered, failures.length, ...new Set(failures.map(({ reason }) => reason))];
  };
  expect(await reasons({})).toEqual([0, 40, "ECONNRESET"]);
  server?.close();
  await once(server!, "close");
  expect(await reasons({})).toEqual([0, 40, "ECONNREFUSED"]);
  const silent = await serve(none);
  expect(await reasons({ port: silent, answerWithinMs: 1 })).toEqual([0, 40, "no answer in time"]);
});

test("held flows that are cut are not standing", async () => {
  const sockets: Socket[] = [];
  const port = await serve((socket) => {
    sockets.push(socket);
    socket.once("data", (bytes) => socket.write(bytes));
  });
  let ready = none;
  const opened = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const cut = opened.then(async () => {
    const [first, second] = sockets;
    first?.destroy();
    second?.resetAndDestroy();
    // Both ends of three flows are left.
    await vi.waitFor(() => expect(tcpSockets()).toBe(6));
  });
  const job = { kind: "hold", port, withHeader: false, flows: 5, send: "x", reads: true } as const;
  expect(await holdFlows(job, ready, cut)).toEqual({ standing: 3 });
});

function tcpSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
}

test("an echo that ends too soon is an error, not a figure", async () => {
  const port = await serve((socket) => socket.once("data", () => socket.destroy()));
  await expect(sendAndTakeBack({ kind: "echo", port, withHeader: false, mebibytes: 4 }, none)).rejects.toThrow(
    /closed after 0 bytes|ECONNRESET|EPIPE/,
  );
});

test("the histogram keeps three digits, in microseconds", () => {
  const recorder = new LatencyRecorder();
  for (let i = 1; i <= 1_000; i++) recorder.record(i / 1_000);
  const { count, p50, p99, max } = recorder.summary();
  expect(count).toBe(1_000);
  expect(p50).toBeCloseTo(500, -1);
  expect(p99).toBeCloseTo(990, -1);
  expect(max).toBeGreaterThanOrEqual(999);
  expect(new LatencyRecorder().summary()).toEqual({ count: 0, p50: 0, p99: 0, p999: 0, max: 0 });
});
