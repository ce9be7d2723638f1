import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listenError } from "../../listen-error.ts";

/** What the admin server shows. */
export interface AdminView {
  /** The answer of `/api/state`. */
  state(): unknown;
}

export interface AdminServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Status over HTTP, on a loopback address: `/healthz` for probes, `/api/state` for programs. Nothing here changes anything, and
 * a browser that was tricked into asking under another host name (DNS rebinding) gets no answer.
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
 */
export async function openAdminServer(address: string, port: number, view: AdminView): Promise<AdminServer> {
  const server = createServer((request, response) => answer(request, response, view));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, address, port, "the admin server")));
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    address: bound.address,
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, view: AdminView): void {
  if (!isLocalHost(request.headers.host)) {
    return send(response, 403, { error: "the Host header must name a loopback address or localhost" });
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return send(response, 405, { error: `${request.method} is not allowed here` });
  }
  const path = (request.url ?? "/").split("?")[0];
  if (path === "/healthz") return send(response, 200, { status: "ok" });
  if (path === "/api/state") return send(response, 200, view.state());
  send(response, 404, { error: `there is no ${path}`, paths: ["/healthz", "/api/state"] });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

function isLocalHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
