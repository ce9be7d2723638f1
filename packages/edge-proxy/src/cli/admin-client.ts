import { request } from "node:http";
import { EdgeProxyError } from "../error.ts";

const timeoutMs = 5_000;

/** What is undefined is left out. */
type Query = Readonly<Record<string, string | undefined>>;

/** What the admin server answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Asks a running instance. Where it wants a token, its URL is the page's: `http://ADDRESS:PORT/?token=TOKEN`. Not with `fetch`, which takes as long to load as all of the command otherwise.
 * @throws EdgeProxyError `EDGE_ADMIN_UNREACHABLE` when nobody answers, or something else than an edge-proxy
 */
export function askAdmin(admin: URL, path: string, query: Query = {}): Promise<AdminAnswer> {
  return call("GET", admin, path, query);
}

/** The same with POST, for what changes something. */
export function postAdmin(admin: URL, path: string, query: Query = {}): Promise<AdminAnswer> {
  return call("POST", admin, path, query);
}

async function call(method: "GET" | "POST", admin: URL, path: string, query: Query): Promise<AdminAnswer> {
  const url = new URL(path, admin);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  const { status, text } = await send(method, url, admin.searchParams.get("token"));
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    throw unreachable(admin, `it answers ${status} without JSON, so it is no edge-proxy`);
  }
}

/** The same, where only 200 will do. */
export async function readAdmin(admin: URL, path: string, query?: Query): Promise<unknown> {
  const { status, body } = await askAdmin(admin, path, query);
  if (status === 200) return body;
  throw unreachable(admin, errorOf(body) ?? `${path} answers ${status}`);
}

/** What the admin server says is wrong. */
export function errorOf(body: unknown): string | undefined {
  const error = body !== null && typeof body === "object" && "error" in body ? body.error : undefined;
  return typeof error === "string" ? error : undefined;
}

export function unreachable(admin: URL, why: string): EdgeProxyError {
  return new EdgeProxyError("EDGE_ADMIN_UNREACHABLE", `cannot read from ${admin.origin}: ${why}`);
}

function send(
  method: "GET" | "POST",
  url: URL,
  token: string | null,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const sent = request(url, { method, agent: false, timeout: timeoutMs, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", (error) => reject(unreachable(url, error.message)));
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} seconds`)));
    sent.end();
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const hint = error.code === "ECONNREFUSED" ? "; is it running there? --admin URL says where" : "";
      reject(unreachable(url, `${error.message || error.code}${hint}`));
    });
  });
}
