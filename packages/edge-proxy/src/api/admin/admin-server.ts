import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { listenError } from "../../listen-error.ts";
import type { ApiRequest, ApiResponse } from "../elbv2/elbv2-api.ts";

/** What the admin server shows. */
export interface AdminView {
  /** The answer of `/api/state`. */
  state(): unknown;
  /** Prometheus's text format, version 0.0.4. */
  metrics(): Promise<string>;
  /** The answer of `/api/metrics/cloudwatch`. */
  cloudWatch(): unknown;
  /** Answers `POST /`: the ELBv2 API. */
  elbv2(request: ApiRequest): Promise<ApiResponse>;
}

export interface AdminServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Status over HTTP, on a loopback address: `/healthz` for probes, `/metrics` for Prometheus, `/api/state` and
 * `/api/metrics/cloudwatch` for programs. Nothing here changes anything, and
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
  if (request.method === "POST" && request.url === "/") {
    text(request).then(
      async (body) => {
        const answered = await view.elbv2({ body, headers: request.headers });
        response.writeHead(answered.status, answered.headers);
        response.end(answered.body);
      },
      () => response.destroy(),
    );
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return send(response, 405, { error: `${request.method} is not allowed here` });
  }
  const path = (request.url ?? "/").split("?")[0];
  if (path === "/healthz") return send(response, 200, { status: "ok" });
  if (path === "/api/state") return send(response, 200, view.state());
  if (path === "/api/metrics/cloudwatch") return send(response, 200, view.cloudWatch());
  if (path === "/metrics") {
    view.metrics().then(
      (text) => sendText(response, 200, metricsType, text),
      (error) => send(response, 500, { error: String(error) }),
    );
    return;
  }
  send(response, 404, { error: `there is no ${path}`, paths });
}

const paths = ["/healthz", "/metrics", "/api/state", "/api/metrics/cloudwatch"];
const metricsType = "text/plain; version=0.0.4; charset=utf-8";

function send(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, "application/json", `${JSON.stringify(body, null, 2)}\n`);
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    "content-type": type,
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
