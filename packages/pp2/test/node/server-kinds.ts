import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { collect, testOnlyTls, withDeadline } from "@edgekit/testkit";
import { type ProxyInfo, proxyInfo } from "../../src/node/index.ts";

/** What a server of each kind answers: what it sees of its client. */
export interface Seen {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remoteFamily?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly client?: ProxyInfo["client"];
  readonly peer?: ProxyInfo["peer"];
  readonly command?: string;
  readonly version?: number;
}

/** A kind of server, and an ordinary client for it that knows nothing of PROXY headers. */
export interface ServerKind {
  readonly name: string;
  create(): net.Server;
  ask(port: number): Promise<Seen>;
}

const { key, cert } = testOnlyTls;

export function whatIsSeen(socket: net.Socket | tls.TLSSocket, source: object): string {
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = socket;
  const info = proxyInfo(source);
  return JSON.stringify({
    remoteAddress,
    remotePort,
    remoteFamily,
    localAddress,
    localPort,
    client: info?.client,
    peer: info?.peer,
    command: info?.header.command,
    version: info?.header.version,
  } satisfies { [name in keyof Seen]: unknown });
}

function answerOnData(socket: net.Socket): void {
  socket.once("data", () => socket.end(whatIsSeen(socket, socket)));
}

async function seenBy(socket: net.Socket): Promise<Seen> {
  socket.write("hello");
  const { bytes } = await withDeadline(collect(socket), "the answer");
  return JSON.parse(bytes.toString());
}

async function seenByHttp(request: http.ClientRequest): Promise<Seen> {
  request.end();
  const [response] = await withDeadline(once(request, "response") as Promise<[http.IncomingMessage]>, "the response");
  response.setEncoding("utf8");
  let body = "";
  for await (const chunk of response) body += chunk;
  return JSON.parse(body);
}

export async function seenByHttp2(session: http2.ClientHttp2Session): Promise<Seen> {
  try {
    const stream = session.request({ ":path": "/" });
    stream.setEncoding("utf8");
    let body = "";
    stream.on("data", (chunk: string) => {
      body += chunk;
    });
    await withDeadline(once(stream, "end"), "the end of the stream");
    return JSON.parse(body);
  } finally {
    session.destroy();
  }
}

export const serverKinds: readonly ServerKind[] = [
  {
    name: "net",
    create: () => net.createServer(answerOnData),
    ask: (port) => seenBy(net.connect(port, "127.0.0.1")),
  },
  {
    name: "tls",
    create: () => tls.createServer({ key, cert }, answerOnData),
    ask: (port) => seenBy(tls.connect({ port, host: "127.0.0.1", ca: cert })),
  },
  {
    name: "http",
    create: () => http.createServer((req, res) => res.end(whatIsSeen(req.socket, req))),
    ask: (port) => seenByHttp(http.request({ port, host: "127.0.0.1", agent: false })),
  },
  {
    name: "https",
    create: () => https.createServer({ key, cert }, (req, res) => res.end(whatIsSeen(req.socket, req))),
    ask: (port) => seenByHttp(https.request({ port, host: "127.0.0.1", agent: false, ca: cert })),
  },
  {
    name: "http2",
    create: () => http2.createServer((req, res) => res.end(whatIsSeen(req.socket, req))),
    ask: (port) => seenByHttp2(http2.connect(`http://127.0.0.1:${port}`)),
  },
  {
    name: "http2 secure",
    create: () => http2.createSecureServer({ key, cert }, (req, res) => res.end(whatIsSeen(req.socket, req))),
    ask: (port) => seenByHttp2(http2.connect(`https://127.0.0.1:${port}`, { ca: cert })),
  },
];
