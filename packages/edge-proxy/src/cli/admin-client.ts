import { type IncomingMessage, request } from "node:http";
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
  return answerOf(await send(method, admin, path, query), admin);
}

/**
 * Lines as they come, until the instance ends or nobody asks for more.
 * @throws EdgeProxyError `EDGE_ADMIN_UNREACHABLE`, also when the connection is lost
 */
export async function* followAdmin(admin: URL, path: string, query: Query): AsyncGenerator<readonly string[]> {
  const response = await send("GET", admin, path, query);
  const { statusCode, headers, socket } = response;
  if (statusCode !== 200 || !headers["content-type"]?.startsWith("application/x-ndjson")) {
    throw refused(admin, path, await answerOf(response, admin));
  }
  // From now on it may be silent.
  socket.setTimeout(0);
  response.setEncoding("utf8");
  let rest = "";
  try {
    for await (const chunk of response) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw unreachable(admin, `the connection is lost: ${(error as Error).message}`);
  }
}

/** The same, where only 200 will do. */
export async function readAdmin(admin: URL, path: string, query?: Query): Promise<unknown> {
  const answer = await askAdmin(admin, path, query);
  if (answer.status === 200) return answer.body;
  throw refused(admin, path, answer);
}

function refused(admin: URL, path: string, { status, body }: AdminAnswer): EdgeProxyError {
  return unreachable(admin, errorOf(body) ?? `${path} answers ${status}`);
}

/** What the admin server says is wrong. */
export function errorOf(body: unknown): string | undefined {
  const error = body !== null && typeof body === "object" && "error" in body ? body.error : undefined;
  return typeof error === "string" ? error : undefined;
}

export function unreachable(admin: URL, why: string): EdgeProxyError {
  return new EdgeProxyError("EDGE_ADMIN_UNREACHABLE", `cannot read from ${admin.origin}: ${why}`);
}

/** @returns an answer of which the head has come */
function send(method: "GET" | "POST", admin: URL, path: string, query: Query): Promise<IncomingMessage> {
  const url = new URL(path, admin);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  const token = admin.searchParams.get("token");
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, timeout: timeoutMs, headers }, resolve);
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} seconds`)));
    sent.end();
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const hint = error.code === "ECONNREFUSED" ? "; is it running there? --admin URL says where" : "";
      reject(unreachable(url, `${error.message || error.code}${hint}`));
    });
  });
}

async function answerOf(response: IncomingMessage, admin: URL): Promise<AdminAnswer> {
  const { statusCode: status = 0 } = response;
  let text = "";
  response.setEncoding("utf8");
  try {
    for await (const chunk of response) text += chunk;
  } catch (error) {
    throw unreachable(admin, (error as Error).message);
  }
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    throw unreachable(admin, `it answers ${status} without JSON, so it is no edge-proxy`);
  }
}
