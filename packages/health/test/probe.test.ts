import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type net from "node:net";
import { listenOn, type TcpServer, trackLeaks, withDeadline } from "@edgekit/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { BODY_LIMIT_BYTES } from "../src/monitor/http-probe.ts";
import { type HealthCheckOptions, healthCheck, networkProbe, type ProbeResult } from "../src/monitor/index.ts";

trackLeaks();

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Probes a port once. @param signal ends the probe, as the monitor does at the timeout */
async function probe(port: number, options: HealthCheckOptions, address = "127.0.0.1", signal?: AbortSignal) {
  const request = {
    target: { id: address, port },
    address,
    port,
    check: healthCheck(options),
    signal: signal ?? new AbortController().signal,
  };
  return await withDeadline(Promise.resolve(networkProbe(request)), "the probe");
}

/** Probes, and aborts when `reached` resolves: the target then holds an open connection that will never answer. */
async function probeUntil(reached: Promise<unknown>, port: number, options: HealthCheckOptions): Promise<ProbeResult> {
  const controller = new AbortController();
  const result = probe(port, options, "127.0.0.1", controller.signal);
  await withDeadline(reached, "the target to be reached");
  controller.abort();
  return result;
}

async function tcp(onConnection?: (socket: net.Socket) => void, address?: string): Promise<TcpServer> {
  const server = await listenOn(address, onConnection);
  closers.push(server.close);
  return server;
}

/** An HTTP server of the test; `sockets` are all connections it ever got. */
async function serve(handler: http.RequestListener, server: http.Server = http.createServer(), address = "127.0.0.1") {
  const sockets: net.Socket[] = [];
  server.on("request", handler).on("connection", (socket: net.Socket) => sockets.push(socket));
  server.listen(0, address);
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { port: (server.address() as net.AddressInfo).port, sockets };
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = await listenOn();
  await server.close();
  return server.port;
}

/** A promise and what resolves it. */
function signalled(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const answer =
  (status: number, headers = {}) =>
  (_request: http.IncomingMessage, response: http.ServerResponse) => {
    response.writeHead(status, headers).end("hello");
  };

describe("TCP", () => {
  test("H10: a server that accepts and stays silent passes: the handshake is all; then FIN", async () => {
    const server = await tcp();
    expect(await probe(server.port, {})).toEqual({ outcome: "ok" });
    const socket = await server.accept();
    const ended = once(socket, "end");
    socket.resume();
    await withDeadline(ended, "FIN");
  });

  test("a closed port fails for certain", async () => {
    expect(await probe(await closedPort(), {})).toMatchObject({ outcome: "failed", failure: "failed", certain: true });
  });

  test("a server that resets after the handshake passes", async () => {
    const server = await tcp((socket) => socket.resetAndDestroy());
    expect(await probe(server.port, {})).toMatchObject({ outcome: "ok" });
  });

  test("the prologue comes whole before FIN", async () => {
    const prologue = Uint8Array.from({ length: 100 }, (_, index) => index);
    const server = await tcp();
    expect(await probe(server.port, { prologue })).toEqual({ outcome: "ok" });
    const socket = await server.accept();
    const bytes = await withDeadline(readAll(socket), "the prologue");
    expect(bytes).toEqual(Buffer.from(prologue));
  });

  test("IPv6", async () => {
    const server = await tcp(undefined, "::1");
    expect(await probe(server.port, {}, "::1")).toEqual({ outcome: "ok" });
  });

  test("a source address is used, and one that this machine does not have is not the target's fault", async () => {
    const server = await tcp();
    expect(await probe(server.port, { localAddress: "127.0.0.77" })).toEqual({ outcome: "ok" });
    expect((await server.accept()).remoteAddress).toBe("127.0.0.77");
    expect(await probe(server.port, { localAddress: "192.0.2.1" })).toMatchObject({ outcome: "inconclusive" });
  });
});

describe("HTTP", () => {
  test("GET with AWS's headers over a connection of its own", async () => {
    let seen: http.IncomingMessage | undefined;
    const server = await serve((request, response) => {
      seen = request;
      response.end("ok");
    });
    const options: HealthCheckOptions = { protocol: "HTTP", path: "/healthz?deep=1", host: "10.0.0.7:8080" };
    expect(await probe(server.port, options)).toEqual({ outcome: "ok", detail: "HTTP 200" });
    expect(seen?.method).toBe("GET");
    expect(seen?.url).toBe("/healthz?deep=1");
    expect(seen?.httpVersion).toBe("1.1");
    expect(seen?.rawHeaders).toEqual([
      "host",
      "10.0.0.7:8080",
      "connection",
      "close",
      "user-agent",
      "ELB-HealthChecker/2.0",
    ]);
    expect(server.sockets).toHaveLength(1);
  });

  test("the Host header is the address and port checked when nothing else is given", async () => {
    const hosts: (string | undefined)[] = [];
    const handler: http.RequestListener = (request, response) => {
      hosts.push(request.headers.host);
      response.end();
    };
    const v4 = await serve(handler);
    const v6 = await serve(handler, http.createServer(), "::1");
    await probe(v4.port, { protocol: "HTTP" });
    expect(await probe(v6.port, { protocol: "HTTP" }, "::1")).toMatchObject({ outcome: "ok" });
    expect(hosts).toEqual([`127.0.0.1:${v4.port}`, `[::1]:${v6.port}`]);
  });

  test.each([
    [200, "200-399", "ok"],
    [399, "200-399", "ok"],
    [400, "200-399", "failed"],
    [503, "200-399", "failed"],
    [202, "200,202", "ok"],
    [201, "200,202", "failed"],
    [204, "200,204-206", "ok"],
    [404, "404", "ok"],
  ])("status %d with matcher %s: %s", async (status, matcher, outcome) => {
    const server = await serve(answer(status));
    const result = await probe(server.port, { protocol: "HTTP", matcher });
    expect(result.outcome).toBe(outcome);
    if (result.outcome === "failed") {
      expect(result).toEqual({ outcome, failure: "code-mismatch", detail: `HTTP ${status}`, certain: true });
    }
  });

  test("H10: a redirect is an answer, and is not followed", async () => {
    const paths: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      paths.push(request.url);
      answer(302, { location: "/elsewhere" })(request, response);
    });
    expect(await probe(server.port, { protocol: "HTTP" })).toEqual({ outcome: "ok", detail: "HTTP 302" });
    expect((await probe(server.port, { protocol: "HTTP", matcher: "200" })).outcome).toBe("failed");
    expect(paths).toEqual(["/", "/"]);
  });

  test("a provisional 1xx answer is not the answer", async () => {
    const server = await serve((_request, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(204).end();
    });
    expect(await probe(server.port, { protocol: "HTTP" })).toEqual({ outcome: "ok", detail: "HTTP 204" });
  });

  test("H10: of a 2 MiB body little more than 64 KiB is read, and the check passes", async () => {
    const server = await serve((_request, response) => {
      response.end(Buffer.alloc(2 * 1024 * 1024, "x"));
    });
    const connected = subscribeToSockets();
    expect(await probe(server.port, { protocol: "HTTP" })).toEqual({ outcome: "ok", detail: "HTTP 200" });
    const [socket] = connected();
    expect(socket?.bytesRead).toBeGreaterThanOrEqual(BODY_LIMIT_BYTES);
    // One read of the kernel's, 64 KiB, may be on its way when the cap is reached.
    expect(socket?.bytesRead).toBeLessThanOrEqual(BODY_LIMIT_BYTES + 2 * 65_536);
  });

  test("an endless body passes after 64 KiB", async () => {
    const server = await serve((_request, response) => {
      response.on("error", () => {});
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on("drain", write);
      write();
    });
    expect(await probe(server.port, { protocol: "HTTP" })).toEqual({ outcome: "ok", detail: "HTTP 200" });
  });

  test("H10: a server that accepts and stays silent never answers; aborted, the socket is closed", async () => {
    const server = await tcp();
    const result = await probeUntil(server.accept(), server.port, { protocol: "HTTP" });
    expect(result).toMatchObject({ outcome: "failed" });
  });

  test("H10: a slow-loris head never becomes an answer", async () => {
    const dripped = signalled();
    const server = await tcp((socket) => {
      const head = "HTTP/1.1 200 OK\r\nx-slow: ";
      let sent = 0;
      const drip = (): void => {
        if (socket.destroyed) return;
        socket.write(head[sent] ?? "z", () => setImmediate(drip));
        if (++sent === 200) dripped.resolve();
      };
      socket.once("data", drip);
    });
    expect(await probeUntil(dripped.promise, server.port, { protocol: "HTTP" })).toMatchObject({ outcome: "failed" });
  });

  test("H10: a slow-loris body below the cap is no answer either", async () => {
    const dripped = signalled();
    const server = await serve((_request, response) => {
      let sent = 0;
      const drip = (): void => {
        if (response.destroyed) return;
        response.write("z", () => setImmediate(drip));
        if (++sent === 200) dripped.resolve();
      };
      drip();
    });
    expect(await probeUntil(dripped.promise, server.port, { protocol: "HTTP" })).toMatchObject({ outcome: "failed" });
  });

  test("H10: a reset fails, and so does a close without an answer", async () => {
    const reset = await tcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(await probe(reset.port, { protocol: "HTTP" })).toMatchObject({ outcome: "failed", failure: "failed" });
    const fin = await tcp((socket) => socket.once("data", () => socket.end()));
    expect(await probe(fin.port, { protocol: "HTTP" })).toMatchObject({ outcome: "failed", failure: "failed" });
  });

  test.each(["HTTP", "HTTPS"] as const)(
    "%s: a server that hangs up at once fails each time, never hangs",
    async (protocol) => {
      const fin = await tcp((socket) => socket.end());
      const reset = await tcp((socket) => socket.resetAndDestroy());
      const close = await tcp((socket) => socket.destroy());
      const ports = [fin, reset, close].flatMap(({ port }) => Array<number>(30).fill(port));
      const results = await Promise.all(ports.map((port) => probe(port, { protocol })));
      expect(results.map(({ outcome }) => outcome)).toEqual(Array(90).fill("failed"));
    },
  );

  test("what is not HTTP fails", async () => {
    const server = await tcp((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(await probe(server.port, { protocol: "HTTP" })).toMatchObject({ outcome: "failed", failure: "failed" });
  });

  test("a closed port fails for certain", async () => {
    expect(await probe(await closedPort(), { protocol: "HTTP" })).toMatchObject({ outcome: "failed", certain: true });
  });

  test("the prologue comes before the request", async () => {
    const server = await tcp((socket) =>
      socket.once("data", (bytes: Buffer) => {
        const isFirst = bytes.subarray(0, 3).toString() === "PP2";
        socket.end(`HTTP/1.1 ${isFirst ? 200 : 400} x\r\ncontent-length: 0\r\n\r\n`);
      }),
    );
    const options: HealthCheckOptions = { protocol: "HTTP", prologue: Buffer.from("PP2") };
    expect(await probe(server.port, options)).toEqual({ outcome: "ok", detail: "HTTP 200" });
  });
});

describe("HTTPS", () => {
  const tlsOptions = {
    key: readFileSync(new URL("fixtures/expired.key.pem", import.meta.url)),
    cert: readFileSync(new URL("fixtures/expired.cert.pem", import.meta.url)),
  };

  test("H10: a certificate that expired in 2020 passes: it is not validated", async () => {
    const server = await serve(answer(200), https.createServer(tlsOptions));
    expect(await probe(server.port, { protocol: "HTTPS" })).toEqual({ outcome: "ok", detail: "HTTP 200" });
    expect((await probe(server.port, { protocol: "HTTPS", matcher: "204" })).outcome).toBe("failed");
    expect(server.sockets, "one socket per probe").toHaveLength(2);
  });

  test("a target that speaks only TLS 1.3 fails, as it does on an NLB", async () => {
    const server = await serve(answer(200), https.createServer({ ...tlsOptions, minVersion: "TLSv1.3" }));
    expect(await probe(server.port, { protocol: "HTTPS" })).toMatchObject({ outcome: "failed", failure: "failed" });
  });

  test("a target that does not speak TLS fails", async () => {
    const server = await serve(answer(200));
    expect(await probe(server.port, { protocol: "HTTPS" })).toMatchObject({ outcome: "failed", failure: "failed" });
  });

  test("a handshake that never ends is ended by the abort", async () => {
    const server = await tcp();
    expect(await probeUntil(server.accept(), server.port, { protocol: "HTTPS" })).toMatchObject({ outcome: "failed" });
  });
});

describe("abort", () => {
  test.each(["TCP", "HTTP", "HTTPS"] as const)(
    "%s: a signal that is aborted already opens no connection",
    async (protocol) => {
      const server = await tcp();
      expect(await probe(server.port, { protocol }, "127.0.0.1", AbortSignal.abort())).toMatchObject({
        outcome: "inconclusive",
      });
      expect(server.sockets.size).toBe(0);
    },
  );
});

/** The client sockets that were made since, by Node's own announcement of them. */
function subscribeToSockets(): () => readonly net.Socket[] {
  const sockets: net.Socket[] = [];
  const add = (message: unknown): void => {
    sockets.push((message as { socket: net.Socket }).socket);
  };
  subscribe("net.client.socket", add);
  return () => {
    unsubscribe("net.client.socket", add);
    return sockets;
  };
}

function readAll(socket: net.Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("end", () => resolve(Buffer.concat(chunks)));
    socket.resume();
  });
}
