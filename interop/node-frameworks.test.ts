import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer, type Server as NetServer } from "node:net";
import { fileURLToPath } from "node:url";
import { nlbHeader } from "@edgekit/pp2";
import { proxyProtocol } from "@edgekit/pp2/node";
import { listenOn, type TcpServer, testOnlyTls, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import * as grpc from "@grpc/grpc-js";
import { SMTPServer } from "smtp-server";
import { Server as SocketServer } from "socket.io";
import { io } from "socket.io-client";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Program } from "./support/process.ts";

trackLeaks();

/* The libraries that the README of pp2 says how to use with. */

const clientAddress = "198.51.100.7";
const trusted = ["127.0.0.1/32"];

async function listening<Listener extends NetServer>(server: Listener): Promise<Listener & { readonly port: number }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

async function closed(server: NetServer): Promise<void> {
  server.close();
  await withDeadline(once(server, "close"), "the end of the server");
}

/** Stands in front of a server as a load balancer does that has one client. */
function inFrontOf(target: number): Promise<TcpServer> {
  return listenOn("127.0.0.1", (client) => {
    const server = connect(target, "127.0.0.1");
    server.on("error", () => {});
    server.write(
      nlbHeader({
        source: { address: clientAddress, port: 40001 },
        destination: { address: "203.0.113.9", port: 443 },
      }),
    );
    client.pipe(server).pipe(client);
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  });
}

describe("the client that libraries see behind a load balancer", () => {
  it("ws, in the request of the upgrade", async () => {
    const server = await listening(createServer());
    proxyProtocol(server, { trusted });
    const sockets = new WebSocketServer({ server });
    const seen = new Promise((resolve) =>
      sockets.on("connection", (socket, request) => {
        resolve(request.socket.remoteAddress);
        socket.send("hello");
      }),
    );
    await using front = await inFrontOf(server.port);
    const client = new WebSocket(`ws://127.0.0.1:${front.port}`);
    const [message] = await withDeadline(once(client, "message"), "the message");
    expect([await seen, String(message)]).toEqual([clientAddress, "hello"]);
    client.close();
    await once(client, "close");
    sockets.close();
    await front.close();
    await closed(server);
  });

  it.each(["websocket", "polling"] as const)("Socket.IO over %s, in the handshake", async (transport) => {
    const server: Server & { readonly port: number } = await listening(createServer());
    proxyProtocol(server, { trusted });
    const sockets = new SocketServer(server);
    sockets.on("connection", (socket) => socket.emit("seen", socket.handshake.address));
    await using front = await inFrontOf(server.port);
    const client = io(`http://127.0.0.1:${front.port}`, { transports: [transport], reconnection: false });
    const seen = await withDeadline(new Promise((resolve) => client.once("seen", resolve)), "the answer");
    expect(seen).toBe(clientAddress);
    client.disconnect();
    await sockets.close();
    await front.close();
  });

  it("@grpc/grpc-js, given each connection, as the peer of a call", async () => {
    const seen: string[] = [];
    const unchanged = (value: Buffer): Buffer => value;
    const service: grpc.ServiceDefinition = {
      ask: {
        path: "/test.Service/Ask",
        requestStream: false,
        responseStream: false,
        requestSerialize: unchanged,
        requestDeserialize: unchanged,
        responseSerialize: unchanged,
        responseDeserialize: unchanged,
      },
    };
    const calls = new grpc.Server();
    calls.addService(service, {
      ask: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) => {
        seen.push(call.getPeer());
        done(null, call.request);
      },
    });
    const injector = calls.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    const server = await listening(createNetServer((socket) => injector.injectConnection(socket)));
    proxyProtocol(server, { trusted });
    await using front = await inFrontOf(server.port);
    const Client = grpc.makeGenericClientConstructor(service, "Service");
    const client = new Client(`127.0.0.1:${front.port}`, grpc.credentials.createInsecure());
    const answer = await withDeadline(
      new Promise((resolve, reject) => {
        client["ask"]?.(Buffer.from("hello"), (error: Error | null, value: Buffer) =>
          error ? reject(error) : resolve(value),
        );
      }),
      "the answer",
    );
    expect([String(answer), seen]).toEqual(["hello", [`${clientAddress}:40001`]]);
    client.close();
    injector.destroy();
    calls.forceShutdown();
    await front.close();
    await closed(server);
  });

  it("smtp-server, in the session", async () => {
    const seen: string[] = [];
    const mail = new SMTPServer({
      key: testOnlyTls.key,
      cert: testOnlyTls.cert,
      disableReverseLookup: true,
      onConnect: (session, done) => {
        seen.push(session.remoteAddress);
        done();
      },
    });
    proxyProtocol(mail.server, { trusted });
    const server = await listening(mail.server);
    await using front = await inFrontOf(server.port);
    const client = connect(front.port, "127.0.0.1");
    const [greeting] = await withDeadline(once(client.setEncoding("latin1"), "data"), "the greeting");
    expect([String(greeting).slice(0, 4), seen]).toEqual(["220 ", [clientAddress]]);
    client.destroy();
    await front.close();
    await withDeadline(new Promise<void>((resolve) => mail.close(() => resolve())), "the end of the server");
  });

  it("node:cluster, in each worker", async () => {
    const script = fileURLToPath(new URL("./fixtures/cluster-server.js", import.meta.url));
    await using program = await Program.start(() => [process.execPath, script]);
    const [, port] = await program.prints(/^port (\d+)\n/m);
    await using front = await inFrontOf(Number(port));
    const answers: string[] = [];
    // Connections go to the workers in turn; the second worker may not listen yet.
    await until(async () => {
      answers.push(await (await fetch(`http://127.0.0.1:${front.port}`)).text());
      return new Set(answers).size === 2;
    }, "an answer of each worker");
    expect(answers.filter((answer) => !answer.endsWith(` ${clientAddress}`))).toEqual([]);
    await front.close();
  });
});
