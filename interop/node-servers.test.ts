import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type net from "node:net";
import tls from "node:tls";
import { type ProxyProtocolHandle, proxyInfo, proxyProtocol } from "@edgekit/pp2/node";
import { connectTo, hasCommand, testOnlyTls, trackLeaks, until, unusedPort, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startHaproxy } from "./support/haproxy.ts";
import { startNginxStream } from "./support/nginx.ts";
import type { Program } from "./support/process.ts";

trackLeaks();

const { key, cert } = testOnlyTls;
// Not the address from which the sender connects, so that nobody can mistake one for the other.
const clientAddress = "127.0.0.2";
// Resets are not among them: the wait for the sender's port makes a connection that goes no further.
const noComplaints = { untrusted: 0, malformed: 0, truncated: 0, timeout: 0 };

type Request = http.IncomingMessage | http2.Http2ServerRequest;
type Answer = http.ServerResponse | http2.Http2ServerResponse;

/** What a server sees of the client, and what the PROXY header said of it. */
interface Seen {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localPort: number | undefined;
  readonly version: number | undefined;
}

function answer(request: Request, response: Answer): void {
  const { remoteAddress, remotePort, localPort } = request.socket;
  const version = proxyInfo(request)?.header.version;
  (response as http.ServerResponse).end(JSON.stringify({ remoteAddress, remotePort, localPort, version } as Seen));
}

const kinds = {
  http: { create: () => http.createServer(answer), ask: (port: number) => askHttp(http.request(toPort(port))) },
  https: {
    create: () => https.createServer({ key, cert }, answer),
    ask: (port: number) => askHttp(https.request({ ...toPort(port), ca: cert })),
  },
  "http2 over TLS": { create: () => http2.createSecureServer({ key, cert }, answer), ask: askHttp2 },
};

const nginx = (port: number, target: number): Promise<Program> =>
  startNginxStream(
    `server {
       listen 127.0.0.1:${port};
       proxy_pass 127.0.0.1:${target};
       proxy_protocol on;
     }`,
    port,
  );

const haproxy =
  (send: string) =>
  (port: number, target: number): Promise<Program> =>
    startHaproxy(
      `frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server target 127.0.0.1:${target} ${send}`,
      port,
    );

const senders = [
  { what: "nginx, proxy_protocol on", program: "nginx", version: 1, start: nginx },
  { what: "haproxy, send-proxy", program: "haproxy", version: 1, start: haproxy("send-proxy") },
  { what: "haproxy, send-proxy-v2", program: "haproxy", version: 2, start: haproxy("send-proxy-v2") },
  {
    what: "haproxy, send-proxy-v2 with a CRC that we insist on",
    program: "haproxy",
    version: 2,
    crc32c: "require",
    start: haproxy("send-proxy-v2 proxy-v2-options crc32c,unique-id"),
  },
] as const;

for (const { what, program, version, start, ...options } of senders) {
  describe.skipIf(!hasCommand(program))(`needs ${program}: a real sender in front of our servers: ${what}`, () => {
    it.each(Object.entries(kinds))("%s: the socket of a request has the client's address and port", async (_, kind) => {
      await using server = await listen(kind.create(), options);
      const port = await unusedPort();
      await using _sender = await start(port, server.port);
      const { seen, localPort } = await withDeadline(kind.ask(port), "the answer");
      expect(seen).toEqual({ remoteAddress: clientAddress, remotePort: localPort, localPort: port, version });
      expect(server.handle.counters.rejected).toMatchObject(noComplaints);
    });
  });
}

describe.skipIf(!hasCommand("haproxy"))("needs haproxy: its health checks of our servers", () => {
  it("answers one with a LOCAL header, under the address that it really has", async () => {
    await using server = await listen(kinds.http.create());
    const port = await unusedPort();
    const check = "option httpchk GET /\n  server target";
    const send = "check inter 100ms check-send-proxy send-proxy-v2 proxy-v2-options crc32c";
    await using _ = await startHaproxy(
      `frontend in\n  bind 127.0.0.1:${port}\n  default_backend out\nbackend out\n  ${check} 127.0.0.1:${server.port} ${send}`,
      port,
    );
    await until(() => server.handle.counters.local > 1, "two health checks");
    expect(server.handle.counters.rejected).toMatchObject(noComplaints);
    // It has not been taken out of service.
    expect((await kinds.http.ask(port)).seen).toMatchObject({ remoteAddress: clientAddress });
  });

  // It resets the connection as soon as it stands, so that Node mostly gets to see a socket that is dead already.
  it("survives those that reset at once, counts them, and goes on serving", async () => {
    await using server = await listen(kinds.http.create());
    const port = await unusedPort();
    await using _ = await haproxy("check inter 100ms send-proxy-v2")(port, server.port);
    const { counters } = server.handle;
    const checks = (): number => counters.local + counters.empty + counters.rejected.reset + counters.deadOnArrival;
    await until(() => checks() > 2, "health checks");
    expect((await kinds.http.ask(port)).seen).toMatchObject({ remoteAddress: clientAddress });
  });
});

interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly handle: ProxyProtocolHandle;
}

async function listen(server: net.Server, options: { crc32c?: "require" } = {}): Promise<Listening> {
  const handle = proxyProtocol(server, { trusted: ["127.0.0.1/32"], overrideLocal: true, ...options });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    handle,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) (server as http.Server).closeAllConnections();
      await withDeadline(closed, "the server to close");
    },
  };
}

const toPort = (port: number): http.RequestOptions => ({
  host: "127.0.0.1",
  port,
  localAddress: clientAddress,
  agent: false,
});

async function askHttp(request: http.ClientRequest): Promise<{ seen: Seen; localPort: number | undefined }> {
  request.end();
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const { localPort } = response.socket;
  return { seen: JSON.parse(Buffer.concat(await response.toArray()).toString()), localPort };
}

async function askHttp2(port: number): Promise<{ seen: Seen; localPort: number | undefined }> {
  const socket = await connectTo(port, { localAddress: clientAddress });
  const { localPort } = socket;
  const secure = tls.connect({ socket, ca: cert, servername: "localhost", ALPNProtocols: ["h2"] });
  const session = http2.connect("https://localhost", { createConnection: () => secure });
  try {
    const body = await session.request({ ":path": "/" }).toArray();
    return { seen: JSON.parse(Buffer.concat(body).toString()), localPort };
  } finally {
    session.destroy();
  }
}
