import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { descriptorOf } from "../../inherited-sockets.ts";
import { listenError } from "../../listen-error.ts";
import { defaultPorts } from "../config/default-ports.ts";
import type { AdminView } from "./admin-view.ts";
import { Gate } from "./gate.ts";
import { LineStreams } from "./line-streams.ts";
import { type Reply, refusal } from "./reply.ts";
import { type Call, Router } from "./router.ts";
import { adminRoutes } from "./routes.ts";

export interface AdminServerOptions {
  /** Default 127.0.0.1. */
  readonly address?: string | undefined;
  /** Default 9901; 0 lets the kernel choose. */
  readonly port?: number | undefined;
  /** What requests have to carry, except those to public paths. May be undefined on a loopback address only. */
  readonly token?: string | undefined;
}

export interface AdminServer {
  readonly address: string;
  readonly port: number;
  /** Of the listening socket, to be handed to another process. */
  readonly descriptor: number | undefined;
  close(): Promise<void>;
}

/** Few enough for idle clients to leave at least half of the reserved descriptors to others. */
const maxConnections = 50;

/**
 * Status and control over HTTP. GET never changes anything; what does is a POST that no page of another origin can send.
 * @param inherited the descriptor of a socket that listens there already
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
 */
export async function openAdminServer(
  options: AdminServerOptions,
  view: AdminView,
  inherited?: number,
): Promise<AdminServer> {
  const { address = "127.0.0.1", port = defaultPorts.admin, token } = options;
  const router = new Router(adminRoutes(view));
  const streams = new LineStreams();
  let gate = new Gate(token, port);
  // Keep-alive of TCP: a client that follows something says nothing by itself.
  const server = createServer({ keepAlive: true, keepAliveInitialDelay: 30_000 }, (request, response) => {
    answer(request, router, gate).then(
      (reply) => send(request, response, reply, streams),
      (error) => send(request, response, refusal(500, error instanceof Error ? error.message : String(error)), streams),
    );
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, address, port, "the admin server")));
    server.listen(inherited === undefined ? { host: address, port } : { fd: inherited }, resolve);
  });
  // A failed accept concerns one connection; the server goes on.
  server.on("error", () => {});
  const bound = server.address() as AddressInfo;
  gate = new Gate(token, bound.port);
  return {
    address: bound.address,
    port: bound.port,
    descriptor: descriptorOf(server),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await streams.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, router: Router, gate: Gate): Promise<Reply> {
  const { method = "GET", url = "/" } = request;
  const [path = "/", search = ""] = url.split(/\?(.*)/s, 2);
  const query = new URLSearchParams(search);
  const found = router.find(method, path);
  const route = "route" in found ? found.route : undefined;
  const admitted = path === "/" && route?.method === "GET" ? gate.admit(query) : undefined;
  const refuse = route?.refuse ?? refusal;
  const refused = admitted ?? gate.refuse(request, route?.isPublic ?? false, refuse);
  if (refused !== undefined) return refused;
  if (!("route" in found)) return found;
  const unknown = [...query.keys()].find((key) => !found.route.query?.includes(key));
  if (unknown !== undefined) return refuse(400, unknownParameter(unknown, found.route.query));
  const call: Call = { request, query, params: found.params };
  return found.route.answer(call);
}

function unknownParameter(name: string, known: readonly string[] = []): string {
  const rest = known.length === 0 ? "this path takes none" : `this path takes ${known.join(", ")}`;
  return `unknown query parameter '${name}': ${rest}`;
}

const commonHeaders = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

function send(request: IncomingMessage, response: ServerResponse, reply: Reply, streams: LineStreams): void {
  const { status, headers, body } = reply;
  if (typeof body === "function") {
    if (streams.full !== undefined) return send(request, response, refusal(503, streams.full), streams);
    response.writeHead(status, { ...commonHeaders, ...headers });
    if (request.method === "HEAD") response.end();
    else streams.begin(response, body);
    return;
  }
  const pieces = typeof body === "string" ? [Buffer.from(body)] : body;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(status, { "content-length": length, ...commonHeaders, ...headers });
  if (request.method !== "HEAD") for (const piece of pieces) response.write(piece);
  response.end();
}
